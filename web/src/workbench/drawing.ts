// The pictures of a result: charts, time lines and networks. Loaded only when one is looked at.
import { type Bar, bars } from "../charts/bars";
import { html } from "../charts/draw";
import { type Plane, type Point, plane } from "../charts/plane";
import { type Moment, spans } from "../charts/spans";
import { framed, type Node, type Tie, web } from "../charts/web";
import { addressOf, type Labels, when } from "./labels";
import { edtf, number, profiles, type Rows, span, type Term } from "./result";
import type { Say } from "./said";
import { shown } from "./table";
import { type Axes, axes, dates, ends, type Mark } from "./view";

const MOST_BARS = 200;
const MOST_POINTS = 3000;
const MOST_MOMENTS = 400;
const MOST_TIES = 500;

function notice(text: string): HTMLElement {
  return html("div", { class: "notice" }, html("p", {}, text));
}

function select(
  label: string,
  options: readonly [value: string, text: string][],
  chosen: string,
  change: (value: string) => void,
): HTMLElement {
  const made = html(
    "select",
    {},
    ...options.map(([value, text]) => html("option", { value, selected: value === chosen }, text)),
  );
  made.addEventListener("change", () => change(made.value));
  return html("label", { class: "field inline" }, html("span", {}, label), made);
}

function place(term: Term | null, labels: Labels): string | undefined {
  return term?.kind === "iri" ? addressOf(term.value, labels.lang) || undefined : undefined;
}

export async function chart(
  found: Rows,
  labels: Labels,
  wanted: Mark,
  say: Say,
): Promise<HTMLElement> {
  const kinds = profiles(found);
  let mark = wanted;
  let chosen = axes(found, kinds, mark) ?? axes(found, kinds, "bars");
  if (!chosen) return notice(say("no_chart"));
  await labels.learn(found.rows.slice(0, MOST_POINTS));
  const numbers = found.columns.flatMap((name, at) =>
    kinds[at] === "number" ? [[String(at), name] as [string, string]] : [],
  );
  const all = found.columns.map((name, at) => [String(at), name] as [string, string]);
  const host = html("div");
  const draw = () => {
    const one = chosen as Axes;
    const set = (part: Partial<Axes>) => {
      chosen = { ...(chosen as Axes), ...part };
      draw();
    };
    const controls = html(
      "div",
      { class: "runbar" },
      select(
        say("mark"),
        [
          ["bars", say("bars")],
          ["lines", say("lines")],
          ["points", say("points")],
        ],
        mark,
        (value) => {
          mark = value as Mark;
          draw();
        },
      ),
      select(say("axis_y"), numbers, String(one.value), (value) => set({ value: Number(value) })),
      select(say("axis_x"), all, String(one.across), (value) => set({ across: Number(value) })),
      select(
        say("by"),
        [["", say("nothing_apart")], ...all],
        one.by === null ? "" : String(one.by),
        (value) => set({ by: value === "" ? null : Number(value) }),
      ),
    );
    host.replaceChildren(controls, picture(found, labels, one, mark, kinds, say));
  };
  draw();
  return host;
}

function picture(
  found: Rows,
  labels: Labels,
  one: Axes,
  mark: Mark,
  kinds: readonly string[],
  say: Say,
): HTMLElement {
  const name = (term: Term | null | undefined) => (term ? labels.of(term).text : say("none"));
  const column = (at: number) => found.columns[at] ?? "";
  const caption = say("chart_said", { value: column(one.value), name: column(one.across) });
  const usable = found.rows.filter((row) => number(row[one.value]) !== null);
  const caution = html("p", { class: "say" }, say("chart_caution"));
  if (mark === "bars") {
    const some = usable.slice(0, MOST_BARS).map((row): Bar => {
      // told apart by a second column, the first becomes the heading of a group
      const own = (one.by === null ? row[one.across] : row[one.by]) ?? null;
      const lang = own ? labels.of(own).lang : undefined;
      const address = place(own, labels);
      const over = row[one.across] ?? null;
      const overAddress = place(over, labels);
      return {
        name: name(own),
        value: number(row[one.value]) ?? 0,
        ...(lang && lang !== labels.lang ? { lang } : {}),
        ...(address ? { address } : {}),
        ...(one.by === null
          ? {}
          : { group: name(over), ...(overAddress ? { groupAddress: overAddress } : {}) }),
      };
    });
    const more = usable.length > MOST_BARS ? notice(say("too_many", { count: MOST_BARS })) : null;
    const made = bars(some, {
      caption,
      name: column(one.by ?? one.across),
      value: column(one.value),
    });
    return html("div", {}, made, more, caution);
  }
  const kind = kinds[one.across];
  const across: Plane["across"] = kind === "number" || kind === "date" ? kind : "name";
  const points = usable.slice(0, MOST_POINTS).flatMap((row): Point[] => {
    const at = row[one.across];
    const date = edtf(at);
    const x =
      across === "number" ? number(at) : across === "date" ? date && span(date)?.from : name(at);
    if (x === null || x === undefined) return [];
    const y = number(row[one.value]) ?? 0;
    const series = one.by === null ? "" : name(row[one.by]);
    const title = [name(at), series, `${column(one.value)}: ${y}`].filter(Boolean).join(" · ");
    return [{ x, y, series, title }];
  });
  if (points.length === 0) return notice(say("no_chart"));
  const host = html("div");
  const draw = () => {
    const width = Math.max(300, host.clientWidth || 640);
    const given = {
      points,
      mark,
      across,
      lang: labels.lang,
      nameX: column(one.across),
      nameY: column(one.value),
      label: caption,
    };
    host.replaceChildren(plane(given as Plane, width));
  };
  requestAnimationFrame(draw);
  new ResizeObserver(draw).observe(host);
  const more = usable.length > MOST_POINTS ? notice(say("too_many", { count: MOST_POINTS })) : null;
  return html("div", {}, host, more, caution);
}

export async function timeline(found: Rows, labels: Labels, say: Say): Promise<HTMLElement> {
  const at = dates(profiles(found));
  if (at === null) return notice(say("no_timeline"));
  const part = found.rows.slice(0, MOST_MOMENTS);
  await labels.learn(part);
  const some = part.flatMap((row): Moment[] => {
    const text = edtf(row[at]);
    const days = text === null ? null : span(text);
    if (text === null || !days) return [];
    const others = row.flatMap((term, column) =>
      column === at || !term ? [] : [shown(term, labels, found.columns[column] ?? "", say)],
    );
    const what = html("div", {}, ...others.flatMap((one, nth) => (nth ? [" · ", one] : [one])));
    return [{ ...days, when: when(text, labels.lang), what }];
  });
  some.sort((a, b) => a.from - b.from || a.until - b.until);
  if (some.length === 0) return notice(say("no_timeline"));
  const more =
    found.rows.length > MOST_MOMENTS ? notice(say("too_many", { count: MOST_MOMENTS })) : null;
  return html("div", {}, spans(some), more);
}

export async function network(found: Rows, labels: Labels, say: Say): Promise<HTMLElement> {
  const kinds = profiles(found);
  const two = ends(found, kinds);
  if (!two) return notice(say("no_network"));
  const part = found.rows.slice(0, MOST_TIES);
  await labels.learn(part);
  const nodes = new Map<string, Node>();
  const ties = new Map<string, Tie>();
  const add = (term: Term): string => {
    const id = term.value;
    const label = labels.of(term);
    const address = place(term, labels);
    nodes.set(id, {
      id,
      label: label.text,
      ...(label.lang && label.lang !== labels.lang ? { lang: label.lang } : {}),
      ...(address ? { address } : {}),
    });
    return id;
  };
  for (const row of part) {
    const [from, to] = [row[two[0]], row[two[1]]];
    // words and numbers are no things: the table has them
    if (!from || from.kind === "literal") continue;
    const source = add(from);
    if (!to || to.kind === "literal") continue;
    const target = add(to);
    const others = row.flatMap((term, column) =>
      term && !two.includes(column) ? [`${found.columns[column]}: ${labels.of(term).text}`] : [],
    );
    const said = `${labels.of(from).text} – ${labels.of(to).text}${others.length ? ` (${others.join(", ")})` : ""}`;
    const held = ties.get(`${source} ${target}`);
    ties.set(`${source} ${target}`, {
      source,
      target,
      directed: found.graph,
      title: held ? `${held.title}\n${said}` : said,
    });
  }
  if (nodes.size === 0) return notice(say("no_network"));
  const host = html("div");
  const label = say("nodes", { nodes: nodes.size, edges: ties.size });
  let drawn = 0;
  const draw = () => {
    const width = Math.max(300, host.clientWidth || 800);
    if (Math.abs(width - drawn) < 40) return;
    drawn = width;
    const made = web([...nodes.values()], [...ties.values()], width, label);
    host.replaceChildren(
      framed(made, `${label}${labels.lang === "ja" ? "。" : ". "}${say("network_said")}`),
    );
  };
  requestAnimationFrame(draw);
  new ResizeObserver(draw).observe(host);
  const more = found.rows.length > MOST_TIES ? notice(say("too_many", { count: MOST_TIES })) : null;
  return html("div", {}, host, more);
}
