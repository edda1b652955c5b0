// Things in time: a row a thing, the width of the mark is the precision of its date.
import { html, svg } from "./draw";

export interface Moment {
  from: number;
  until: number;
  /** The date in words. */
  when: string;
  what: HTMLElement;
}

const DAY = 86_400_000;

function mark(one: Moment, first: number, whole: number): SVGSVGElement {
  const at = ((one.from - first) / whole) * 100;
  const width = ((one.until - one.from) / whole) * 100;
  const days = (one.until - one.from) / DAY;
  // a stroke is a day, a block up to a quarter, an open band what is longer
  const shape =
    days <= 1.5
      ? svg("rect", { x: `${at}%`, y: 1, width: 3, height: 16, fill: "currentColor" })
      : svg("rect", {
          x: `${at}%`,
          y: days <= 93 ? 4 : 6,
          width: `${Math.max(width, 0.8)}%`,
          height: days <= 93 ? 10 : 6,
          class: days <= 93 ? "block" : "band",
        });
  return svg(
    "svg",
    { "aria-hidden": "true", width: "100%", height: 18, class: "spanline" },
    svg("path", { d: "M0 9H4000", class: "grid" }),
    shape,
  );
}

export function spans(some: readonly Moment[]): HTMLElement {
  const first = Math.min(...some.map((one) => one.from));
  const last = Math.max(...some.map((one) => one.until));
  const begin = Date.UTC(new Date(first).getUTCFullYear(), 0);
  const end = Date.UTC(new Date(last - 1).getUTCFullYear() + 1, 0);
  const whole = end - begin || 1;
  const years: number[] = [];
  for (let year = new Date(begin).getUTCFullYear(); Date.UTC(year, 0) < end; year += 1) {
    years.push(year);
  }
  const every = Math.ceil(years.length / 8);
  const axis = svg(
    "svg",
    { "aria-hidden": "true", width: "100%", height: 18, class: "spanline" },
    ...years
      .filter((_, at) => at % every === 0)
      .map((year) =>
        svg("text", { x: `${((Date.UTC(year, 0) - begin) / whole) * 100}%`, y: 13 }, String(year)),
      ),
  );
  return html(
    "ol",
    { class: "timeline spans" },
    html(
      "li",
      { class: "axis", "aria-hidden": "true" },
      html("span", {}),
      html("span", { class: "bar" }, axis),
      html("span", {}),
    ),
    ...some.map((one) =>
      html(
        "li",
        {},
        html("span", { class: "when" }, one.when),
        html("span", { class: "bar" }, mark(one, begin, whole)),
        html("div", { class: "what" }, one.what),
      ),
    ),
  );
}
