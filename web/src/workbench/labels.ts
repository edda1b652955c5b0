// What things are called, asked of the endpoint in the language of the page, as pages call them.
import { request } from "./ask";
import { edtf, ofJson, type Row, type Rows, type Term } from "./result";

export interface Label {
  text: string;
  lang?: string;
}

const BASE = "https://w3id.org/comity/";
const HERE =
  /^https:\/\/w3id\.org\/comity\/(?:id|topic|source|graph|ontology|maintainers)(?=[/#]|$)/;
const PLACE = /^https:\/\/w3id\.org\/comity\/source\/[^#]+$/;
// an earlier property wins
const NAMES = ["skos:prefLabel", "rdfs:label", "comity:citationLabel", "comity:quote"];
const AT_ONCE = 300;
const SAFE = /^[^<>"{}|^`\\\s]+$/;

/** Where a thing is shown: its page here, or its own address; empty for what has none. */
export function addressOf(iri: string, lang: string): string {
  if (HERE.test(iri)) return `/${lang}/page/${iri.slice(BASE.length)}`;
  return /^https?:\/\//.test(iri) ? iri : "";
}

/** Whether an IRI is a place in a source. */
export function isPlace(iri: string): boolean {
  return PLACE.test(iri);
}

/** An IRI by the prefixes of the project, the longest namespace first. */
export function compact(iri: string, prefixes: Record<string, string>): string {
  let found = "";
  for (const [prefix, namespace] of Object.entries(prefixes)) {
    if (iri.startsWith(namespace) && namespace.length > (prefixes[found] ?? "").length)
      found = prefix;
  }
  return found ? `${found}:${iri.slice(prefixes[found]?.length)}` : iri;
}

/** A date in words, as the language writes it, to its own precision. */
export function when(text: string, lang: string): string {
  const ja = lang === "ja";
  if (text.includes("/")) {
    const [from, until] = text.split("/").map((one) => when(one, lang));
    return ja ? `${from}から${until}` : `${from} to ${until}`;
  }
  const [year, month, day] = text.split("-").map(Number);
  if (year === undefined || Number.isNaN(year)) return text;
  if (month === undefined) return ja ? `${year}年` : String(year);
  if (month >= 33 && month <= 36) {
    const which = ["first", "second", "third", "fourth"][month - 33];
    return ja ? `${year}年第${month - 32}四半期` : `${which} quarter of ${year}`;
  }
  return new Intl.DateTimeFormat(ja ? "ja-JP" : "en-GB", {
    year: "numeric",
    month: "long",
    ...(day === undefined ? {} : { day: "numeric" as const }),
    timeZone: "UTC",
  }).format(Date.UTC(year, month - 1, day ?? 1));
}

/** The names of things, kept for as long as the page is open. */
export class Labels {
  private readonly known = new Map<string, Label | null>();

  constructor(
    private readonly endpoint: string,
    readonly lang: string,
    private readonly prefixes: Record<string, string>,
  ) {}

  /** What a term is called, as far as it is known by now. */
  of(term: Term): Label {
    if (term.kind !== "iri") {
      return term.lang ? { text: term.value, lang: term.lang } : { text: term.value };
    }
    const date = edtf(term);
    if (date !== null) return { text: when(date, this.lang) };
    return this.known.get(term.value) ?? { text: compact(term.value, this.prefixes) };
  }

  isNamed(term: Term): boolean {
    return term.kind !== "iri" || edtf(term) !== null || Boolean(this.known.get(term.value));
  }

  /** Learn the names of the things in some rows; without them their CURIEs stand. */
  async learn(rows: readonly Row[]): Promise<void> {
    const wanted = new Set<string>();
    for (const row of rows) {
      for (const term of row) {
        if (term?.kind !== "iri" || this.known.has(term.value) || edtf(term) !== null) continue;
        if (SAFE.test(term.value)) wanted.add(term.value);
      }
    }
    const all = [...wanted];
    const parts: string[][] = [];
    for (let at = 0; at < all.length; at += AT_ONCE) parts.push(all.slice(at, at + AT_ONCE));
    await Promise.all(parts.map((part) => this.fetch(part)));
  }

  private async fetch(iris: string[]): Promise<void> {
    const values = iris.map((iri) => `<${iri}>`).join(" ");
    const query = `SELECT ?iri ?property ?name WHERE { VALUES ?iri { ${values} } VALUES ?property { ${NAMES.join(" ")} } ?iri ?property ?name }`;
    try {
      const answer = await request(this.endpoint, query, "application/sparql-results+json");
      if (!answer.ok) return;
      const found = ofJson(await answer.text()) as Rows;
      const best = new Map<string, { rank: number; label: Label }>();
      for (const [iri, property, name] of found.rows) {
        if (!iri || !property || !name) continue;
        const order = NAMES.findIndex((one) =>
          property.value.endsWith(one.slice(one.indexOf(":") + 1)),
        );
        const languages = [this.lang, "en", "ja"].indexOf(name.lang ?? "en");
        const rank = (languages < 0 ? 9 : languages) * 10 + order;
        const held = best.get(iri.value);
        if (held && held.rank <= rank) continue;
        best.set(iri.value, { rank, label: { text: name.value, lang: name.lang ?? "en" } });
      }
      for (const iri of iris) this.known.set(iri, best.get(iri)?.label ?? null);
    } catch {
      // without names the CURIEs stand
    }
  }
}
