// What may stand at a place of a query: found by reading the text up to it, token by token.

export type Place = "prefix" | "subject" | "predicate" | "class" | "object" | "graph" | "any";

export interface Context {
  place: Place;
  /** Where the word begins that is being typed, and the word. */
  from: number;
  word: string;
}

const TOKEN =
  /#[^\n]*|"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|<[^<>"{}|^`\\\s]*>?|[?$][\p{L}\p{N}_]*|@[A-Za-z-]+|[\p{L}_][\p{L}\p{N}_-]*(?::[\p{L}\p{N}_%.-]*)?|:[\p{L}\p{N}_-]*|[0-9.]+(?=[^\s.;,)}\]]|[0-9])|[{}()[\].;,/|^*+!=<>&-]|\s+|./gu;
const WORD = /^[\p{L}_][\p{L}\p{N}_-]*(?::[\p{L}\p{N}_%.-]*)?$/u;
const KEYWORDS = new Set(
  "select construct describe ask where distinct reduced optional union minus filter bind values as graph service order group having by asc desc limit offset from named base in not exists undef".split(
    " ",
  ),
);
const EXPRESSION = -1;

/** What may stand at the end of a text; null inside comments, strings and addresses. */
export function context(before: string): Context | null {
  let at = 0;
  let place = 0;
  let asClass = false;
  let inGraph = false;
  let declaring = false;
  const outer: number[] = [];
  let last: { text: string; start: number } | null = null;
  for (const found of before.matchAll(TOKEN)) {
    const text = found[0];
    const start = found.index;
    at = start + text.length;
    const ends = at === before.length;
    if (/^\s/.test(text)) continue;
    if (ends) {
      if (/^["'<#@]/.test(text) && !closedHere(text)) return null;
      if (WORD.test(text) || text === ":" || /^[?$]/.test(text)) {
        last = { text, start };
        break;
      }
    }
    const low = text.toLowerCase();
    if (declaring) {
      // the name and the address of a declaration
      if (text.startsWith("<")) declaring = false;
      continue;
    }
    if (low === "prefix") {
      declaring = true;
      continue;
    }
    if (text === "{") {
      outer.push(place);
      place = 0;
      inGraph = false;
    } else if (text === "(") {
      outer.push(place);
      place = EXPRESSION;
    } else if (text === "[") {
      outer.push(place);
      place = 1;
    } else if (text === "}") {
      outer.pop();
      place = 0;
    } else if (text === ")" || text === "]") {
      const held = outer.pop() ?? 0;
      place = held === EXPRESSION || text === ")" ? held : held + 1;
    } else if (text === ".") place = 0;
    else if (text === ";") place = 1;
    else if (text === ",") place = place === EXPRESSION ? EXPRESSION : 2;
    else if (/^[/|^!]$/.test(text)) {
      if (place === 2) place = 1;
    } else if (/^[*+]$/.test(text)) continue;
    else if (KEYWORDS.has(low)) {
      inGraph = low === "graph";
      if (place !== EXPRESSION) place = 0;
    } else if (inGraph) inGraph = false;
    else if (place !== EXPRESSION && !/^[#=<>&-]$|^#/.test(text)) {
      if (place === 1) asClass = text === "a" || text === "rdf:type";
      place = Math.min(place + 1, 3);
    }
  }
  const word = last?.text ?? "";
  const from = last?.start ?? before.length;
  if (declaring) return { place: "prefix", from, word };
  if (inGraph) return { place: "graph", from, word };
  if (outer.length === 0 || place === EXPRESSION || place > 2) return { place: "any", from, word };
  const places: Place[] = ["subject", "predicate", asClass ? "class" : "object"];
  return { place: places[place] ?? "any", from, word };
}

function closedHere(text: string): boolean {
  if (text.startsWith("<")) return text.endsWith(">");
  if (text.startsWith("#") || text.startsWith("@")) return false;
  const quote = text.slice(0, 3) === text[0]?.repeat(3) ? text.slice(0, 3) : (text[0] ?? "");
  return text.length >= 2 * quote.length && text.endsWith(quote);
}

/** The variables that a text has. */
export function variables(text: string): string[] {
  return [...new Set(text.match(/[?$][\p{L}\p{N}_]+/gu) ?? [])].sort();
}
