// Lines and points over two axes, as SVG: apart by shape and dash, so that colour is never alone.
import { scaleLinear, scalePoint, scaleUtc } from "d3-scale";
import { html, svg } from "./draw";

export interface Point {
  /** A number, days in milliseconds, or a name. */
  x: number | string;
  y: number;
  series: string;
  title: string;
}

export interface Plane {
  points: readonly Point[];
  mark: "lines" | "points";
  across: "number" | "date" | "name";
  lang: string;
  nameX: string;
  nameY: string;
  label: string;
}

const HEIGHT = 380;
const DAY = 86_400_000;
const SHAPES = [
  "M5 0A5 5 0 1 1-5 0 5 5 0 1 1 5 0z",
  "M-4.5-4.5h9v9h-9z",
  "M0-6 6 5H-6z",
  "M0-6 6 0 0 6-6 0z",
  "M-3-5h6l3 5-3 5h-6l-3-5z",
  "M-5-5 5 5M-5 5 5-5",
];
const DASHES = ["", "6 4", "2 4", "10 3 2 3", "1 3", "12 4"];

type Scale = ((value: number | string) => number) & { marks: { at: number; text: string }[] };

function across(plane: Plane, from: number, until: number): Scale {
  const values = plane.points.map((one) => one.x);
  if (plane.across === "name") {
    const names = [...new Set(values.map(String))];
    const scale = scalePoint(names, [from, until]).padding(0.5);
    // names that would stand in each other are left to the table and the titles
    const every = Math.ceil(names.length / Math.max(1, Math.floor((until - from) / 90)));
    return Object.assign((value: number | string) => scale(String(value)) ?? from, {
      marks: names
        .filter((_, at) => at % every === 0)
        .map((name) => ({ at: scale(name) ?? 0, text: name })),
    });
  }
  const numbers = values.map(Number);
  const ends: [number, number] = [Math.min(...numbers), Math.max(...numbers)];
  const count = Math.max(2, Math.floor((until - from) / 110));
  if (plane.across === "date") {
    const scale = scaleUtc(ends, [from, until]).nice(count);
    const ticks = scale.ticks(count);
    // years alone would stand there twice where less than a year is between them
    const apart = Number(ticks[1] ?? 0) - Number(ticks[0] ?? 0);
    const write = new Intl.DateTimeFormat(plane.lang === "ja" ? "ja-JP" : "en-GB", {
      year: "numeric",
      ...(apart > 360 * DAY ? {} : { month: "short" as const }),
      ...(apart > 27 * DAY ? {} : { day: "numeric" as const }),
      timeZone: "UTC",
    });
    return Object.assign((value: number | string) => scale(Number(value)), {
      marks: ticks.map((day) => ({ at: scale(day), text: write.format(day) })),
    });
  }
  const scale = scaleLinear(ends, [from, until]).nice(count);
  return Object.assign((value: number | string) => scale(Number(value)), {
    marks: scale
      .ticks(count)
      .map((one) => ({ at: scale(one), text: one.toLocaleString(plane.lang) })),
  });
}

/** The drawing for a width in pixels. */
export function plane(given: Plane, width: number): HTMLElement {
  const [left, right, top, bottom] = [56, width - 40, 28, HEIGHT - 44];
  const values = given.points.map((one) => one.y);
  const y = scaleLinear([Math.min(0, ...values), Math.max(0, ...values)], [bottom, top]).nice(5);
  // what is counted has no halves
  const whole = values.every(Number.isInteger);
  const heights = y.ticks(5).filter((one) => !whole || Number.isInteger(one));
  const x = across(given, left, right);
  const series = [...new Set(given.points.map((one) => one.series))];
  const drawn = series.flatMap((name, at) => {
    const its = given.points.filter((one) => one.series === name);
    const places = its.map((one): [number, number] => [x(one.x), y(one.y)]);
    const shape = SHAPES[at % SHAPES.length] ?? "";
    const line =
      given.mark === "lines" &&
      svg("path", {
        class: "line",
        d: `M${[...places].sort((a, b) => a[0] - b[0]).join("L")}`,
        "stroke-dasharray": DASHES[at % DASHES.length] || undefined,
      });
    const marks = its.map((one, nth) =>
      svg(
        "path",
        { class: `dot s${at % SHAPES.length}`, d: shape, transform: `translate(${places[nth]})` },
        svg("title", {}, one.title),
      ),
    );
    return line ? [line, ...marks] : marks;
  });
  const picture = svg(
    "svg",
    {
      class: "plane",
      viewBox: `0 0 ${width} ${HEIGHT}`,
      width,
      height: HEIGHT,
      role: "img",
      "aria-label": given.label,
    },
    ...heights.flatMap((one) => [
      svg("path", { class: "grid", d: `M${left} ${y(one)}H${right}` }),
      svg(
        "text",
        { x: left - 8, y: y(one) + 4, "text-anchor": "end" },
        one.toLocaleString(given.lang),
      ),
    ]),
    ...x.marks.map((one) =>
      svg("text", { x: one.at, y: bottom + 20, "text-anchor": "middle" }, one.text),
    ),
    svg("text", { class: "axis", x: 0, y: 12 }, given.nameY),
    svg("text", { class: "axis", x: right, y: HEIGHT - 4, "text-anchor": "end" }, given.nameX),
    ...drawn,
  );
  const legend =
    series.length > 1 &&
    html(
      "ul",
      { class: "legend" },
      ...series.map((name, at) =>
        html(
          "li",
          {},
          svg(
            "svg",
            { class: "plane glyph", viewBox: "-8 -8 16 16", "aria-hidden": "true" },
            svg("path", { class: `dot s${at % SHAPES.length}`, d: SHAPES[at % SHAPES.length] }),
          ),
          name,
        ),
      ),
    );
  return html("div", { class: "figure plain" }, legend, picture);
}
