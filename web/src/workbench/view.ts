// Which view a query asks for, by the comment that users of Wikidata's query service know, and which
// views a result can have at all.
import type { Profile, Rows } from "./result";

export type View = "table" | "chart" | "timeline" | "network" | "raw";
export type Mark = "bars" | "lines" | "points";

/** What `#defaultView:` asks for; `unknown` is a name that means no view of ours. */
export interface Wish {
  view: View;
  mark?: Mark;
  unknown?: string;
}

const NAMES: Record<string, Wish> = {
  table: { view: "table" },
  barchart: { view: "chart", mark: "bars" },
  linechart: { view: "chart", mark: "lines" },
  areachart: { view: "chart", mark: "lines" },
  scatterchart: { view: "chart", mark: "points" },
  timeline: { view: "timeline" },
  graph: { view: "network" },
};
const COMMENT = /^[ \t]*#[ \t]*defaultView[ \t]*:[ \t]*([A-Za-z]+)/m;

/** The names that the comment may have, as they are offered. */
export const OFFERED = ["Table", "BarChart", "LineChart", "ScatterChart", "Timeline", "Graph"];

/** The view that the text of a query asks for, if it does. */
export function wish(text: string): Wish | null {
  const name = COMMENT.exec(text)?.[1];
  if (!name) return null;
  return NAMES[name.toLowerCase()] ?? { view: "table", unknown: name };
}

/** The columns that a chart shows: up, across, and what it tells apart. */
export interface Axes {
  value: number;
  across: number;
  by: number | null;
}

/** The columns that suit a chart best; null where nothing can be drawn. */
export function axes(found: Rows, kinds: readonly Profile[], mark: Mark): Axes | null {
  const numbers = indices(kinds, (kind) => kind === "number");
  const others = indices(kinds, (kind) => kind !== "number" && kind !== "empty");
  if (mark === "points" && numbers.length > 1) {
    return { across: numbers[0] ?? 0, value: numbers[1] ?? 0, by: null };
  }
  const value = numbers[0];
  const across = others.find((column) => kinds[column] === "date") ?? others[0];
  if (value === undefined || across === undefined) return null;
  const by = others.find((column) => column !== across && distinct(found, column) <= 12);
  // one value for each place across: nothing else is told apart
  const repeated = distinct(found, across) < found.rows.length;
  return { value, across, by: repeated && by !== undefined ? by : null };
}

/** The column that a timeline follows. */
export function dates(kinds: readonly Profile[]): number | null {
  const found = kinds.indexOf("date");
  return found < 0 ? null : found;
}

/** The two columns that a network joins, and the number that counts for a tie, if there is one. */
export function ends(found: Rows, kinds: readonly Profile[]): [number, number] | null {
  if (found.graph) return [0, 2];
  const [one, other] = indices(kinds, (kind) => kind === "iri");
  return one === undefined || other === undefined ? null : [one, other];
}

function indices(kinds: readonly Profile[], wanted: (kind: Profile) => boolean): number[] {
  return kinds.flatMap((kind, column) => (wanted(kind) ? [column] : []));
}

export function distinct(found: Rows, column: number): number {
  return new Set(found.rows.map((row) => row[column]?.value)).size;
}
