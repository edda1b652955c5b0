// What the chosen thing or tie rests on, beside the picture: words and where they stand.
import { html } from "../charts/draw";
import { addressOf } from "../workbench/labels";
import type { Network, Piece, Thing, Tie } from "./model";
import type { Say } from "./texts";

const JAPANESE = /[\u3040-\u30ff\u3400-\u9fff]/;

/** The language of a text, where it is not the page's. */
export function langOf(text: string, lang: string): string | undefined {
  const own = JAPANESE.test(text) ? "ja" : "en";
  return own === lang ? undefined : own;
}

export interface Panel {
  network: Network;
  ties: readonly Tie[];
  select: readonly string[];
  size: string;
  lang: string;
  say: Say;
  measure: (name: string) => string;
  tools: HTMLElement | null;
  choose(select: string[]): void;
}

function named(one: Thing | undefined, lang: string): HTMLElement {
  const label = one?.label ?? "";
  return html("span", { lang: langOf(label, lang) }, label);
}

function piece(one: Piece, { lang, say }: Panel): HTMLElement {
  if (one.kind === "reported") {
    const address = addressOf(one.place, lang);
    const place = html(address ? "a" : "span", {
      class: "cite",
      href: address,
      lang: langOf(one.citation, lang),
    });
    place.textContent = one.citation;
    if (!one.words) return html("li", {}, place);
    const words = html("q", { class: "words small", lang: JAPANESE.test(one.words) ? "ja" : "en" });
    words.textContent = one.words;
    return html("li", {}, words, html("br"), place);
  }
  const kind = html("span", { class: `kind ${one.kind}` }, say(one.kind));
  if (one.kind === "reference") {
    const pages = one.pages.flatMap((page, nth) => {
      const address = addressOf(page, lang);
      return [nth ? ", " : " ", address ? html("a", { href: address }, page) : page];
    });
    return html("li", {}, kind, ...pages);
  }
  return html("li", {}, kind, ` ${one.rule}`);
}

function tie(one: Tie, from: Thing | null, panel: Panel): HTMLElement {
  const { network, lang, say, choose } = panel;
  const [a, b] = [network.things.get(one.a), network.things.get(one.b)];
  const other = from && (one.a === from.id ? b : a);
  const heading = html("h2", {});
  if (other) {
    const button = html("button", { type: "button", class: "net-link" }, named(other, lang));
    button.addEventListener("click", () => choose([a?.curie ?? "", b?.curie ?? ""]));
    heading.append(button);
  } else heading.append(named(a, lang), say("and"), named(b, lang));
  const count = one.kind === "reported" ? "passages" : "references";
  return html(
    "section",
    {},
    heading,
    html(
      "p",
      { class: "say" },
      say(count, { count: one.passages }),
      other ? null : " ",
      other ? null : none(panel),
    ),
    html("ul", { class: "list" }, ...one.pieces.map((its) => piece(its, panel))),
  );
}

function none({ say, choose }: Panel): HTMLElement {
  const button = html("button", { type: "button", class: "net-link" }, say("unselect"));
  button.addEventListener("click", () => choose([]));
  return button;
}

/** The content of the side panel. */
export function evidence(panel: Panel): HTMLElement[] {
  const { network, ties, select, lang, say } = panel;
  const things = [...network.things.values()];
  const [one, other] = select.map((curie) => things.find((its) => its.curie === curie));
  if (!one) {
    return [
      html(
        "section",
        {},
        html("h2", {}, say("evidence")),
        html("p", { class: "say" }, say("choose")),
      ),
    ];
  }
  if (select.length === 2) {
    const its = ties.find(
      ({ a, b }) => (a === one.id && b === other?.id) || (b === one.id && a === other?.id),
    );
    return its ? [tie(its, null, panel)] : [];
  }
  const its = ties.filter(({ a, b }) => a === one.id || b === one.id);
  const value = panel.size ? one.measures[panel.size] : undefined;
  const shown =
    value === undefined
      ? ""
      : ` ${say("measured", {
          measure: panel.measure(panel.size),
          value: new Intl.NumberFormat(lang, { maximumFractionDigits: 3 }).format(value),
        })}`;
  const address = addressOf(one.id, lang);
  return [
    html(
      "section",
      {},
      html("h2", {}, named(one, lang)),
      html("p", { class: "say" }, say("ties", { count: its.length }) + shown),
      html(
        "p",
        { class: "tools" },
        address ? html("a", { href: address }, say("page")) : null,
        " ",
        none(panel),
      ),
      panel.tools,
    ),
    ...its
      .sort((a, b) => b.passages - a.passages || (a.id < b.id ? -1 : 1))
      .map((each) => tie(each, one, panel)),
  ];
}
