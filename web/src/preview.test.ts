import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { leads, previews, read } from "./preview";

const READER = `<main><h1>Data (a)</h1><p class="skeleton"><mark><a href="#first">have worked<sup>1</sup></a></mark>
<mark><a href="#second">will continue</a></mark></p><ol><li id="first">…</li></ol></main>`;

const parsed = () => new DOMParser().parseFromString(READER, "text/html");

test("the words of one claim, or of all", () => {
  expect(read(parsed(), "first")).toEqual({ title: "Data (a)", words: ["have worked"] });
  expect(read(parsed(), "").words).toEqual(["have worked", "will continue"]);
  expect(read(parsed(), "nothing-of-that-name").words).toHaveLength(2);
});

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(READER)),
  );
  document.body.innerHTML = `<ul><li><a class="cite" href="/en/page/source/s/data/a#second">Data (a)</a></li></ul>
<ol><li class="claim"><p class="place"><a class="cite" href="/en/page/source/s/data/a#first">Data (a)</a></p></li></ol>
<a class="cite" href="/en/page/id/actor/mic">MIC</a>`;
  previews(document.body);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const box = () => document.querySelector<HTMLElement>(".preview");
const cites = () => [...document.querySelectorAll<HTMLAnchorElement>("a.cite")];

test("only places whose words are not beside them have a preview", () => {
  expect(cites().map(leads)).toEqual([true, false, false]);
});

test("a preview comes while a label is pointed at, and goes with Escape", async () => {
  const [link] = cites();
  link?.dispatchEvent(new PointerEvent("pointerover", { bubbles: true, pointerType: "mouse" }));
  expect(box()?.hidden).toBe(true);
  await vi.advanceTimersByTimeAsync(400);
  expect(box()?.hidden).toBe(false);
  expect(box()?.textContent).toBe("Data (a)will continue");
  expect(link?.getAttribute("aria-describedby")).toBe("preview");
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  expect(box()?.hidden).toBe(true);
  expect(link?.hasAttribute("aria-describedby")).toBe(false);
});

test("it stays while the pointer is on it, and goes after", async () => {
  const over = (target: Element | null | undefined) =>
    target?.dispatchEvent(new PointerEvent("pointerover", { bubbles: true, pointerType: "mouse" }));
  over(cites()[0]);
  await vi.advanceTimersByTimeAsync(400);
  over(box());
  await vi.advanceTimersByTimeAsync(1000);
  expect(box()?.hidden).toBe(false);
  over(cites()[2]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(box()?.hidden).toBe(true);
});
