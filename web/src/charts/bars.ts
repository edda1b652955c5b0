// Bars as a table: each row has its name, its bar and its number, and can be read without seeing it.
import { html, svg } from "./draw";

export interface Bar {
  name: string;
  lang?: string;
  address?: string;
  value: number;
  /** What the bar stands under, where bars are told apart. */
  group?: string;
  groupAddress?: string;
}

export interface BarTexts {
  caption: string;
  name: string;
  value: string;
}

/** A bar from zero, to the left for what is below it; lengths are parts of the widest. */
function bar(value: number, least: number, most: number): SVGSVGElement {
  const whole = most - least || 1;
  const zero = ((0 - least) / whole) * 100;
  const length = (Math.abs(value) / whole) * 100;
  return svg(
    "svg",
    { class: "barline", "aria-hidden": "true", height: 14, width: "100%" },
    svg("rect", {
      x: `${value < 0 ? zero - length : zero}%`,
      y: 1,
      width: `${length}%`,
      height: 12,
      fill: "currentColor",
    }),
  );
}

function link(text: string, address: string | undefined, lang: string | undefined): HTMLElement {
  return address ? html("a", { href: address, lang }, text) : html("span", { lang }, text);
}

export function bars(some: readonly Bar[], texts: BarTexts): HTMLElement {
  const least = Math.min(0, ...some.map((one) => one.value));
  const most = Math.max(0, ...some.map((one) => one.value));
  const groups = new Map<string | undefined, Bar[]>();
  for (const one of some) {
    const held = groups.get(one.group);
    if (held) held.push(one);
    else groups.set(one.group, [one]);
  }
  const bodies = [...groups].map(([group, its]) =>
    html(
      "tbody",
      {},
      group !== undefined &&
        html(
          "tr",
          {},
          html(
            "th",
            { colspan: 3, scope: "rowgroup" },
            link(group, its[0]?.groupAddress, undefined),
          ),
        ),
      ...its.map((one) =>
        html(
          "tr",
          {},
          html("th", { scope: "row" }, link(one.name, one.address, one.lang)),
          html("td", { class: "barcell" }, bar(one.value, least, most)),
          html("td", { class: "num" }, one.value.toLocaleString()),
        ),
      ),
    ),
  );
  return html(
    "table",
    { class: "bars" },
    html("caption", {}, texts.caption),
    html(
      "thead",
      { class: "vh" },
      html(
        "tr",
        {},
        html("th", { scope: "col" }, texts.name),
        html("td", {}),
        html("th", { scope: "col" }, texts.value),
      ),
    ),
    ...bodies,
  );
}
