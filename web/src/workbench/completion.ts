// Completion: prefixes, variables, keywords, terms by what they are called, and things by search.
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { context, variables } from "./context";
import type { Say, Settings } from "./said";
import { type Entry, matching, written } from "./terms";
import { OFFERED } from "./view";

const KEYWORDS =
  "SELECT CONSTRUCT ASK DESCRIBE WHERE DISTINCT OPTIONAL UNION MINUS FILTER BIND VALUES GRAPH ORDER GROUP HAVING LIMIT OFFSET EXISTS COUNT SUM MIN MAX AVG GROUP_CONCAT STR LANG LANGMATCHES CONTAINS STRSTARTS REGEX BOUND COALESCE IF YEAR".split(
    " ",
  );
const WORD = /[\p{L}\p{N}_?$:%.-]*$/u;

interface Found {
  suggestions: { label: string; iri: string; curie: string; family: string; reason: string }[];
}

/** The source of completions; terms are fetched once, when they are first wanted. */
export function completions(settings: Settings, say: Say) {
  let terms: Promise<Entry[]> | null = null;
  const learn = () => {
    terms ??= fetch(settings.terms)
      .then((answer) => answer.json() as Promise<{ terms: Entry[] }>)
      .then((found) => found.terms)
      .catch(() => []);
    return terms;
  };

  const option = (entry: Entry, boost: number): Completion => {
    const label = entry[settings.lang] ?? entry.en ?? "";
    const detail = [label, say(entry.kind)].filter(Boolean).join(" · ");
    return {
      label: entry.curie,
      apply: written(entry.curie, entry.iri),
      detail,
      info: entry.says || null,
      boost,
    } as Completion;
  };

  const things = async (word: string, abort: CompletionContext): Promise<Completion[]> => {
    const text = word.includes(":") ? word.slice(word.indexOf(":") + 1) : word;
    if (text.length < (/[^\p{ASCII}]/u.test(text) ? 1 : 2)) return [];
    const address = `${settings.suggest}?${new URLSearchParams({ q: text, lang: settings.lang, limit: "20" })}`;
    try {
      const answer = await fetch(address, { headers: { accept: "application/json" } });
      if (!answer.ok || abort.aborted) return [];
      const found = (await answer.json()) as Found;
      return found.suggestions.map((one, at) => ({
        label: one.curie,
        apply: written(one.curie, one.iri),
        detail: one.label,
        boost: 30 - at,
      }));
    } catch {
      return [];
    }
  };

  return async (asked: CompletionContext): Promise<CompletionResult | null> => {
    const before = asked.state.sliceDoc(0, asked.pos);
    const view = /(?:^|\n)[ \t]*#[ \t]*defaultView[ \t]*:[ \t]*([A-Za-z]*)$/.exec(before);
    if (view) {
      const from = asked.pos - (view[1]?.length ?? 0);
      return {
        from,
        options: OFFERED.map((label) => ({ label, type: "enum" })),
        validFor: /^\w*$/,
      };
    }
    const found = context(before);
    if (!found || (!found.word && !asked.explicit)) return null;
    const { place, from, word } = found;
    if (place === "prefix") {
      const options = Object.entries(settings.prefixes).map(([prefix, namespace]) => ({
        label: `${prefix}:`,
        apply: `${prefix}: <${namespace}>`,
        detail: namespace,
      }));
      return { from, options, validFor: WORD };
    }
    const own = variables(asked.state.doc.toString())
      .filter((name) => name !== word)
      .map((label) => ({ label, detail: say("variable"), boost: -10 }));
    if (/^[?$]/.test(word)) return { from, options: own, validFor: /^[?$][\p{L}\p{N}_]*$/u };

    const known = await learn();
    if (asked.aborted) return null;
    const options: Completion[] = [];
    const add = (kinds: Entry["kind"][]) => {
      const some = matching(known, kinds, word);
      options.push(...some.map((entry, at) => option(entry, 60 - at)));
    };
    if (place === "predicate") add(["property"]);
    else if (place === "class") add(["class"]);
    else if (place === "object" || place === "subject") add(["concept"]);
    else if (place === "any") add(["class", "property", "concept"]);
    if (place !== "predicate" && place !== "class" && word) {
      const held = new Set(options.map((one) => one.label));
      options.push(...(await things(word, asked)).filter((one) => !held.has(one.label)));
      if (asked.aborted) return null;
    }
    if (word && !word.includes(":")) {
      const wanted = word.toUpperCase();
      options.push(
        ...KEYWORDS.filter((one) => one.startsWith(wanted)).map((label) => ({
          label,
          detail: say("keyword"),
          boost: place === "any" || place === "subject" ? 70 : -20,
        })),
        ...Object.entries(settings.prefixes)
          .filter(([prefix]) => prefix.toUpperCase().startsWith(wanted))
          .map(([prefix, namespace]) => ({ label: `${prefix}:`, detail: namespace, boost: 20 })),
      );
    }
    if (!word) options.push(...own);
    // what matched is decided here, by label too, and not by the letters of the CURIE
    return { from, options, filter: false };
  };
}
