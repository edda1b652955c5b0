// The terms of this graph, found by what they are called in either language, or by their names.

export interface Entry {
  kind: "class" | "property" | "concept";
  iri: string;
  curie: string;
  en?: string;
  ja?: string;
  says: string;
  uses: number | null;
}

const PLAIN = /^[a-z-]+:[A-Za-z0-9][A-Za-z0-9_-]*$/;

/** How a term is written in a query. */
export function written(curie: string, iri: string): string {
  return PLAIN.test(curie) ? curie : `<${iri}>`;
}

/** Letters as they are compared: without case, width and accents. */
export function folded(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase();
}

function rank(entry: Entry, wanted: string): number {
  const curie = folded(entry.curie);
  const local = curie.slice(curie.indexOf(":") + 1);
  const labels = [entry.en, entry.ja].map((one) => folded(one ?? "")).filter(Boolean);
  if (local === wanted || curie === wanted || labels.includes(wanted)) return 0;
  if (curie.startsWith(wanted) || local.startsWith(wanted)) return 1;
  if (labels.some((one) => one.startsWith(wanted))) return 2;
  if (labels.some((one) => one.split(/[\s-]+/).some((word) => word.startsWith(wanted)))) return 3;
  if (local.includes(wanted) || labels.some((one) => one.includes(wanted))) return 4;
  return Number.POSITIVE_INFINITY;
}

/** The terms of some kinds that a beginning may mean, the likeliest first. */
export function matching(
  entries: readonly Entry[],
  kinds: readonly Entry["kind"][],
  word: string,
  most = 40,
): Entry[] {
  const wanted = folded(word);
  return entries
    .filter((entry) => kinds.includes(entry.kind))
    .map((entry) => ({ entry, at: wanted ? rank(entry, wanted) : 1 }))
    .filter(({ at }) => Number.isFinite(at))
    .sort((a, b) => a.at - b.at || (b.entry.uses ?? 0) - (a.entry.uses ?? 0))
    .slice(0, most)
    .map(({ entry }) => entry);
}
