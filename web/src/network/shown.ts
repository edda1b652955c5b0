// What of a network is shown: without what was hidden, within a time.
import type { Network, Thing, Tie } from "./model";
import type { Doing } from "./state";

export interface Shown {
  things: Thing[];
  ties: Tie[];
}

/** Whether a tie has a date within the bounds, at the precision of months. */
export function within(tie: Tie, doing: Doing): boolean {
  if (!doing.from && !doing.until) return doing.undated || Boolean(tie.first);
  if (!tie.first) return doing.undated;
  const [first, last] = [tie.first.slice(0, 7), (tie.last || tie.first).slice(0, 7)];
  return (!doing.from || last >= doing.from) && (!doing.until || first <= doing.until);
}

export function shown(network: Network, doing: Doing): Shown {
  const hidden = new Set(doing.hidden);
  const things = [...network.things.values()].filter((one) => !hidden.has(one.curie));
  const here = new Set(things.map((one) => one.id));
  const ties = [...network.ties.values()].filter(
    (one) => here.has(one.a) && here.has(one.b) && within(one, doing),
  );
  return { things, ties };
}

/** Signs of one kind for comparing: width, case and accents do not count. */
export function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

/** Things whose name has each word of what is sought, in the order of their names. */
export function found(things: readonly Thing[], sought: string, lang: string): Thing[] {
  const words = plain(sought).split(/\s+/).filter(Boolean);
  return things
    .filter((one) => {
      const name = plain(`${one.label} ${one.curie}`);
      return words.every((word) => name.includes(word));
    })
    .sort((a, b) => a.label.localeCompare(b.label, lang));
}

/** The months between the first and the last date of some ties, both counted; at least two. */
export function months(ties: Iterable<Tie>): string[] {
  const dates = [...ties]
    .flatMap((one) => [one.first, one.last])
    .filter(Boolean)
    .sort();
  const [first, last] = [dates[0]?.slice(0, 7), dates.at(-1)?.slice(0, 7)];
  if (!first || !last || first === last) return [];
  const made: string[] = [];
  let [year, month] = first.split("-").map(Number) as [number, number];
  for (let one = first; one <= last && made.length < 1200; ) {
    made.push(one);
    month += 1;
    if (month > 12) [year, month] = [year + 1, 1];
    one = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}`;
  }
  return made;
}
