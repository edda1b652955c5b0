// What a query answers, as the views of the workbench share it: rows of terms, a graph, or yes or no.

export interface Term {
  kind: "iri" | "literal" | "bnode";
  value: string;
  lang?: string;
  datatype?: string;
}

export type Row = readonly (Term | null)[];

/** Rows with the names of their columns; a graph is rows of three, marked as such. */
export interface Rows {
  columns: readonly string[];
  rows: readonly Row[];
  graph: boolean;
}

export type Answer = Rows | { boolean: boolean };

/** What a column holds, if all its values are alike. */
export type Profile = "iri" | "number" | "date" | "text" | "empty";

/** A date as the days that it may mean, in milliseconds; `until` is the end of the last. */
export interface Span {
  from: number;
  until: number;
}

const XSD = "http://www.w3.org/2001/XMLSchema#";
const DATE = "https://w3id.org/comity/id/date/";
const NUMBERS = new Set(
  ["integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger"].map(
    (name) => XSD + name,
  ),
);
const DAY = 86_400_000;

interface JsonTerm {
  type: string;
  value: string;
  datatype?: string;
  "xml:lang"?: string;
}

interface JsonResults {
  head: { vars?: string[] };
  boolean?: boolean;
  results?: { bindings: Record<string, JsonTerm>[] };
}

function term(one: JsonTerm | undefined): Term | null {
  if (one === undefined) return null;
  if (one.type === "uri") return { kind: "iri", value: one.value };
  if (one.type === "bnode") return { kind: "bnode", value: `_:${one.value}` };
  const made: Term = { kind: "literal", value: String(one.value) };
  if (one["xml:lang"]) made.lang = one["xml:lang"];
  if (one.datatype) made.datatype = one.datatype;
  return made;
}

/** The answer in a document of SPARQL 1.1 Query Results JSON. */
export function ofJson(text: string): Answer {
  const read = JSON.parse(text) as JsonResults;
  if (read.boolean !== undefined) return { boolean: read.boolean };
  const columns = read.head.vars ?? [];
  const rows = (read.results?.bindings ?? []).map((row) => columns.map((name) => term(row[name])));
  return { columns, rows, graph: false };
}

const NODE = String.raw`<([^>]*)>|(_:\S+)`;
const LITERAL = String.raw`"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?`;
const TRIPLE = new RegExp(`^(?:${NODE})\\s+<([^>]*)>\\s+(?:${NODE}|${LITERAL})\\s*\\.$`);
const ESCAPES: Record<string, string> = { t: "\t", n: "\n", r: "\r", b: "\b", f: "\f" };

function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g,
    (_, four?: string, eight?: string, sign?: string) => {
      const code = four ?? eight;
      if (code) return String.fromCodePoint(Number.parseInt(code, 16));
      return ESCAPES[sign ?? ""] ?? sign ?? "";
    },
  );
}

function node(iri: string | undefined, blank: string | undefined): Term {
  if (blank !== undefined) return { kind: "bnode", value: blank };
  return { kind: "iri", value: unescaped(iri ?? "") };
}

/** The graph in a document of N-Triples, a row a statement. */
export function ofTriples(text: string): Rows {
  const rows: Row[] = [];
  for (const line of text.split("\n")) {
    const found = TRIPLE.exec(line.trim());
    if (!found) continue;
    const [, iri, blank, property, object, other, words, lang, datatype] = found;
    let value: Term;
    if (words === undefined) value = node(object, other);
    else {
      value = { kind: "literal", value: unescaped(words) };
      if (lang) value.lang = lang;
      if (datatype) value.datatype = datatype;
    }
    rows.push([node(iri, blank), { kind: "iri", value: property ?? "" }, value]);
  }
  return { columns: ["subject", "predicate", "object"], rows, graph: true };
}

/** The number that a term is, if it is one. */
export function number(term: Term | null | undefined): number | null {
  if (term?.kind !== "literal" || !term.datatype || !NUMBERS.has(term.datatype)) {
    return null;
  }
  const value = Number(term.value);
  return Number.isFinite(value) ? value : null;
}

/** The words of a date in EDTF: of the graph's dates, whose IRIs hold it, and of XSD's. */
export function edtf(term: Term | null | undefined): string | null {
  if (!term) return null;
  if (term.kind === "iri") {
    return term.value.startsWith(DATE) ? term.value.slice(DATE.length).replace("_", "/") : null;
  }
  const type = term.datatype?.startsWith(XSD) ? term.datatype.slice(XSD.length) : "";
  if (type === "date" || type === "dateTime") return term.value.slice(0, 10);
  return type === "gYear" || type === "gYearMonth" ? term.value : null;
}

function part(text: string): Span | null {
  const found = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(text);
  if (!found) return null;
  const year = Number(found[1]);
  const month = found[2] === undefined ? null : Number(found[2]);
  if (month === null) return { from: Date.UTC(year, 0), until: Date.UTC(year + 1, 0) };
  // 33 to 36 are the quarters of a year (ISO 8601-2)
  if (month >= 33 && month <= 36) {
    const first = (month - 33) * 3;
    return { from: Date.UTC(year, first), until: Date.UTC(year, first + 3) };
  }
  if (month < 1 || month > 12) return null;
  if (found[3] === undefined) {
    return { from: Date.UTC(year, month - 1), until: Date.UTC(year, month) };
  }
  const from = Date.UTC(year, month - 1, Number(found[3]));
  return { from, until: from + DAY };
}

/** The days that a date in EDTF may mean; null for what is none. */
export function span(text: string): Span | null {
  const [first, last] = text.split("/");
  const begin = part(first ?? "");
  if (last === undefined) return begin;
  const end = part(last);
  return begin && end ? { from: begin.from, until: end.until } : null;
}

/** What the values of a column are. */
export function profile(rows: readonly Row[], column: number): Profile {
  let found: Profile = "empty";
  for (const row of rows) {
    const one = row[column];
    if (!one) continue;
    let kind: Profile = "text";
    if (number(one) !== null) kind = "number";
    else if (edtf(one) !== null) kind = "date";
    else if (one.kind !== "literal") kind = "iri";
    if (found === "empty") found = kind;
    else if (found !== kind) return "text";
  }
  return found;
}

export function profiles(found: Rows): Profile[] {
  return found.columns.map((_, column) => profile(found.rows, column));
}
