// What every page has beyond its HTML: suggestions in the search fields. Nothing here is needed to
// read or to find; without it, the forms do the same with one more step.
import { suggestions } from "./suggest";

for (const input of document.querySelectorAll<HTMLInputElement>(
  '[role="search"] input[name="q"]',
)) {
  suggestions(input);
}
