// A network as the service writes it in JSON, and as the picture needs it: one tie for each pair.

export interface Piece {
  kind: string;
  words: string;
  citation: string;
  /** The claim, or the graph where no claim is named. */
  place: string;
  pages: string[];
  rule: string;
}

export interface Thing {
  id: string;
  curie: string;
  label: string;
  family: string;
  group: boolean;
  /** Known only from the passage that mentions it: it has no name of its own. */
  unnamed: boolean;
  community: number | null;
  measures: Record<string, number>;
  x: number | null;
  y: number | null;
}

export interface Tie {
  id: string;
  a: string;
  b: string;
  kind: string;
  group: boolean;
  first: string;
  last: string;
  passages: number;
  pieces: Piece[];
}

export interface Network {
  directed: boolean;
  things: Map<string, Thing>;
  ties: Map<string, Tie>;
  caution: string;
  sources: string[];
  release: string;
}

type Raw = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const finite = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;
const list = (value: unknown): Raw[] => (Array.isArray(value) ? (value as Raw[]) : []);
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function piece(raw: Raw): Piece {
  const citation = text(raw["citation"]);
  return {
    kind: text(raw["kind"]) || "reported",
    words: text(raw["words"]),
    // the page names the source once, above
    citation: citation.slice(citation.indexOf(", ") + 1).trim(),
    place: text(raw["claim"]) || text(raw["graph"]),
    pages: texts(raw["sources"]),
    rule: text(raw["rule"]),
  };
}

function thing(raw: Raw): Thing {
  const id = text(raw["id"]);
  const measures = Object.entries(raw).flatMap(([name, value]) => {
    const known = finite(value);
    return known === null ? [] : [[name, known] as const];
  });
  return {
    id,
    curie: text(raw["curie"]) || id,
    label: text(raw["label"]) || id,
    family: text(raw["family"]) || "other",
    group: raw["group"] === true,
    unnamed: raw["family"] === "actor" && id.includes("#"),
    community: finite(raw["community"]),
    measures: Object.fromEntries(measures),
    x: finite(raw["x"]),
    y: finite(raw["y"]),
  };
}

const KINDS = ["reported", "reference", "derived"];

/** The strongest kind of what a tie rests on. */
function kindOf(pieces: readonly Piece[]): string {
  return KINDS.find((kind) => pieces.some((one) => one.kind === kind)) ?? "derived";
}

/** Two ties of one pair as one: each piece once. */
function joined(one: Tie, other: Tie): Tie {
  const pieces = [...one.pieces];
  const key = (its: Piece) => `${its.kind} ${its.place} ${its.words} ${its.rule} ${its.pages}`;
  const known = new Set(pieces.map(key));
  for (const its of other.pieces) if (!known.has(key(its))) pieces.push(its);
  const dates = [one.first, other.first].filter(Boolean).sort();
  return {
    ...one,
    pieces,
    kind: kindOf(pieces),
    group: one.group && other.group,
    passages: Math.max(one.passages, other.passages, new Set(pieces.map(passage)).size),
    first: dates[0] ?? "",
    last: [one.last, other.last].sort().at(-1) ?? "",
  };
}

function passage(one: Piece): string {
  return one.place.split("#")[0] || one.rule || one.pages.join(" ");
}

/** The name of the tie between two things, whichever comes first. */
export function pair(a: string, b: string, directed: boolean): string {
  return directed || a <= b ? `${a} ${b}` : `${b} ${a}`;
}

export function read(raw: Raw): Network {
  const about = (raw["graph"] ?? {}) as Raw;
  const directed = raw["directed"] === true;
  const things = new Map(list(raw["nodes"]).map((one) => [text(one["id"]), thing(one)]));
  const ties = new Map<string, Tie>();
  for (const one of list(raw["edges"])) {
    const [a, b] = [text(one["source"]), text(one["target"])];
    if (!things.has(a) || !things.has(b) || a === b) continue;
    const pieces = list(one["evidence"]).map(piece);
    const id = pair(a, b, directed);
    const made: Tie = {
      id,
      a,
      b,
      kind: kindOf(pieces),
      group: one["through_group"] === true,
      first: text(one["first"]),
      last: text(one["last"]) || text(one["first"]),
      passages: finite(one["weight"]) ?? new Set(pieces.map(passage)).size,
      pieces,
    };
    const before = ties.get(id);
    ties.set(id, before ? joined(before, made) : made);
  }
  return {
    directed,
    things,
    ties,
    caution: text(about["caution"]),
    sources: texts(about["sources"]),
    release: text(about["release"]),
  };
}

/** A network with another added: what it has already keeps its place and its evidence. */
export function merge(one: Network, other: Network): Network {
  const things = new Map(one.things);
  for (const [id, its] of other.things) {
    // positions and measures are of the network they were computed in
    if (!things.has(id))
      things.set(id, { ...its, x: null, y: null, measures: {}, community: null });
  }
  const ties = new Map(one.ties);
  for (const its of other.ties.values()) {
    const id = pair(its.a, its.b, one.directed);
    const back = pair(its.b, its.a, one.directed);
    const known = ties.get(id) ?? ties.get(back);
    ties.set(known?.id ?? id, known ? joined(known, its) : { ...its, id });
  }
  return { ...one, things, ties };
}

/** A network without some things, by their short names. */
export function without(network: Network, curies: readonly string[]): Network {
  if (curies.every((one) => !one)) return network;
  const things = new Map([...network.things].filter(([, one]) => !curies.includes(one.curie)));
  const ties = new Map(
    [...network.ties].filter(([, one]) => things.has(one.a) && things.has(one.b)),
  );
  return { ...network, things, ties };
}
