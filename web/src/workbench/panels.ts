// What stands under the buttons: the address to share, the frame to embed, the same in a program.
import { html } from "../charts/draw";
import { address } from "./address";
import { code, LANGUAGES, type Language } from "./code";
import type { Say, Settings } from "./said";
import { copied } from "./table";
import type { View } from "./view";

const GRAPH =
  /^\s*(?:(?:#[^\n]*|PREFIX\s+\S+\s*<[^>]*>|BASE\s*<[^>]*>)\s*)*(CONSTRUCT|DESCRIBE)\b/i;

/** Whether a query makes a graph. */
export function makesGraph(query: string): boolean {
  return GRAPH.test(query);
}

function box(title: string, said: string, text: string, say: Say): HTMLElement {
  const copy = html("button", { type: "button", class: "btn" }, say("copy"));
  copy.addEventListener("click", () => void copied(text, copy, say));
  const shown = html(
    "pre",
    { class: "listing", tabindex: 0, role: "region", "aria-label": title },
    text,
  );
  return html("section", {}, html("h2", {}, title), html("p", { class: "say" }, said), shown, copy);
}

export function share(settings: Settings, query: string, view: View | null, say: Say): HTMLElement {
  const made = address(settings.here, { query, view });
  if (made === null) return html("div", { class: "panel" }, html("p", {}, say("too_long")));
  const whole = location.origin + made;
  const frame = `${location.origin}${settings.embed}?query=${encodeURIComponent(query)}`;
  const embedded = `<iframe src="${frame}" width="100%" height="480" title="Comity"></iframe>`;
  return html(
    "div",
    { class: "panel" },
    box(say("address"), say("address_said"), whole, say),
    settings.embed ? box(say("embed"), say("embed_said"), embedded, say) : null,
  );
}

export function program(settings: Settings, query: string, say: Say): HTMLElement {
  const endpoint = location.origin + settings.endpoint;
  const shown = html("pre", { class: "listing", tabindex: 0, role: "region" });
  const copy = html("button", { type: "button", class: "btn" }, say("copy"));
  const buttons = LANGUAGES.map((language) => {
    const button = html("button", { type: "button" }, language);
    button.addEventListener("click", () => choose(language));
    return button;
  });
  const choose = (language: Language) => {
    shown.textContent = code(language, endpoint, query.trim(), makesGraph(query));
    shown.setAttribute("aria-label", language);
    for (const one of buttons)
      one.setAttribute("aria-pressed", String(one.textContent === language));
  };
  copy.addEventListener("click", () => void copied(shown.textContent ?? "", copy, say));
  choose("curl");
  return html(
    "div",
    { class: "panel" },
    html("h2", {}, say("code")),
    html("p", { class: "say" }, say("code_said")),
    html("div", { class: "steps" }, ...buttons),
    shown,
    copy,
  );
}
