import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { address, page, suggestions } from "./suggest";

const MIC = {
  label: "総務省",
  url: "/id/actor/mic",
  iri: "https://w3id.org/comity/id/actor/mic",
};

function field(): HTMLInputElement {
  document.documentElement.lang = "ja";
  document.body.innerHTML =
    '<form role="search"><label for="q">検索</label><input id="q" name="q"></form>';
  const input = document.querySelector("input");
  if (!input) throw new Error("no field");
  suggestions(input);
  input.focus();
  return input;
}

const list = () => document.querySelector<HTMLElement>('[role="listbox"]');

async function type(input: HTMLInputElement, text: string, isComposing = false): Promise<void> {
  input.value = text;
  input.dispatchEvent(new InputEvent("input", { isComposing }));
  await vi.advanceTimersByTimeAsync(500);
}

const asked = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  asked.mockImplementation(async () => Response.json({ suggestions: [MIC] }));
  vi.stubGlobal("fetch", asked);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  asked.mockReset();
});

test("what is asked and where it leads are in the language of the page", () => {
  expect(address("総務 省&", "ja")).toBe(
    "/search/suggest?q=%E7%B7%8F%E5%8B%99+%E7%9C%81%26&lang=ja&limit=8",
  );
  expect(page(MIC, "ja")).toBe("/ja/page/id/actor/mic");
  expect(page({ ...MIC, url: null, label: "a b" }, "en")).toBe("/en/search?q=a+b");
});

test("suggestions are shown as text, never as markup", async () => {
  asked.mockImplementation(async () =>
    Response.json({ suggestions: [{ ...MIC, label: "<img src=x onerror=alert(1)>" }] }),
  );
  await type(field(), "x");
  expect(list()?.querySelector("img")).toBeNull();
  expect(list()?.textContent).toContain("<img");
});

test("nothing is asked while an input method composes a word", async () => {
  const input = field();
  await type(input, "そうむ", true);
  expect(asked).not.toHaveBeenCalled();
  input.dispatchEvent(new CompositionEvent("compositionend"));
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toHaveBeenCalledOnce();
  expect(list()?.hidden).toBe(false);
});

test("arrows choose, Escape closes, and the field says which is chosen", async () => {
  const input = field();
  await type(input, "総");
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", cancelable: true }));
  expect(input.getAttribute("aria-activedescendant")).toBe(list()?.children[0]?.id);
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", cancelable: true }));
  expect(input.hasAttribute("aria-activedescendant")).toBe(false);
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", cancelable: true }));
  expect(list()?.hidden).toBe(true);
  expect(input.getAttribute("aria-expanded")).toBe("false");
});

test("the Enter that ends a composition chooses nothing, whichever browser tells of it", async () => {
  const input = field();
  await type(input, "総");
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", cancelable: true }));
  for (const more of [{ isComposing: true }, { keyCode: 229 }]) {
    const enter = new KeyboardEvent("keydown", { key: "Enter", cancelable: true, ...more });
    input.dispatchEvent(enter);
    expect(enter.defaultPrevented).toBe(false);
  }
});

test("an empty field asks nothing", async () => {
  await type(field(), "  ");
  expect(asked).not.toHaveBeenCalled();
});
