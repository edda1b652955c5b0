// What every page has beyond its HTML: suggestions in the search fields, previews of places. Nothing
// here is needed to read or to find; without it, forms and links do the same with one more step.
import { previews } from "./preview";
import { suggestions } from "./suggest";

for (const input of document.querySelectorAll<HTMLInputElement>(
  '[role="search"] input[name="q"]',
)) {
  suggestions(input);
}

previews(document.body);
