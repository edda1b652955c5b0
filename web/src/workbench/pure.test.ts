import { describe, expect, it } from "vitest";
import { address, LONGEST, state } from "./address";
import { code, LANGUAGES } from "./code";
import { context, variables } from "./context";
import { edtf, number, ofJson, ofTriples, profiles, type Rows, span } from "./result";
import { filled } from "./said";
import { changed, closed, type Kept, name, opened, read, write } from "./tabs";
import { type Entry, matching, written } from "./terms";
import { axes, dates, ends, wish } from "./view";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const iri = (value: string) => ({ type: "uri", value });
const integer = (value: string) => ({ type: "literal", value, datatype: `${XSD}integer` });
const rows = (vars: string[], ...bindings: Record<string, unknown>[]) =>
  ofJson(JSON.stringify({ head: { vars }, results: { bindings } })) as Rows;

describe("results", () => {
  it("keeps terms, their languages and what is unbound", () => {
    const found = rows(
      ["a", "b"],
      { a: iri("x:a"), b: { type: "literal", value: "総務省", "xml:lang": "ja" } },
      { b: integer("3") },
    );
    expect(found.rows[0]?.[1]).toEqual({ kind: "literal", value: "総務省", lang: "ja" });
    expect(found.rows[1]?.[0]).toBeNull();
    expect(number(found.rows[1]?.[1])).toBe(3);
  });

  it("answers yes or no", () => {
    expect(ofJson('{"head":{},"boolean":false}')).toEqual({ boolean: false });
  });

  it("reads N-Triples with everything that may stand in a literal", () => {
    const found = ofTriples(
      '<x:a> <x:b> "a \\"b\\" \\u7dcf \\n<x>"@en .\n_:b <x:c> <x:d> .\n\n<x:a> <x:n> "1"^^<x:int> .\n',
    );
    expect(found.rows.map((row) => row[2]?.value)).toEqual(['a "b" 総 \n<x>', "x:d", "1"]);
    expect(found.rows[1]?.[0]).toEqual({ kind: "bnode", value: "_:b" });
  });

  it("knows the days of a date to its own precision", () => {
    const days = (text: string) => {
      const found = span(text);
      return (
        found && [found.from, found.until].map((at) => new Date(at).toISOString().slice(0, 10))
      );
    };
    expect(days("2024-01-16")).toEqual(["2024-01-16", "2024-01-17"]);
    expect(days("2023-02")).toEqual(["2023-02-01", "2023-03-01"]);
    expect(days("2024-33")).toEqual(["2024-01-01", "2024-04-01"]);
    expect(days("2023-11-01/2023-11-02")).toEqual(["2023-11-01", "2023-11-03"]);
    expect(span("soon")).toBeNull();
    const date = {
      kind: "iri" as const,
      value: "https://w3id.org/comity/id/date/2023-11-01_2023-11-02",
    };
    expect(edtf(date)).toBe("2023-11-01/2023-11-02");
  });
});

describe("views", () => {
  it("follows the comment that Wikidata's users know", () => {
    expect(wish("#defaultView:BarChart\nSELECT")).toEqual({ view: "chart", mark: "bars" });
    expect(wish("SELECT *\n # defaultView: Graph")).toEqual({ view: "network" });
    expect(wish("#defaultView:Map\nSELECT")).toEqual({ view: "table", unknown: "Map" });
    expect(wish("SELECT ?defaultView")).toBeNull();
  });

  it("finds the columns that a chart shows", () => {
    const found = rows(
      ["section", "status", "n"],
      { section: iri("x:a"), status: iri("x:s"), n: integer("1") },
      { section: iri("x:a"), status: iri("x:t"), n: integer("2") },
    );
    expect(axes(found, profiles(found), "bars")).toEqual({ value: 2, across: 0, by: 1 });
    expect(ends(found, profiles(found))).toEqual([0, 1]);
    expect(dates(profiles(found))).toBeNull();
    expect(axes(rows(["a"], { a: iri("x:a") }), ["iri"], "bars")).toBeNull();
  });
});

describe("address", () => {
  it("holds the query and the view, there and back", () => {
    const given = { query: "SELECT * { ?s ?p '総務省 & #' }", view: "chart" as const };
    const made = new URL(address("/ja/sparql", given) ?? "", "http://x");
    expect(state(made.search, made.hash)).toEqual(given);
    expect(address("/en/sparql", { query: "x".repeat(LONGEST), view: null })).toBeNull();
    expect(state("", "#content")).toEqual({ query: "", view: null });
  });
});

describe("tabs", () => {
  it("opens a query once, closes to the one beside, survives what is not its own", () => {
    let kept: Kept = { tabs: [], current: 0 };
    kept = opened(opened(opened(kept, "a"), "b"), " a ");
    expect(kept.current).toBe(1);
    kept = changed(kept, 1, "c");
    expect(closed(kept, 1)).toEqual({ tabs: [{ id: 2, text: "b" }], current: 2 });
    write(localStorage, kept);
    expect(read(localStorage)).toEqual(kept);
    localStorage.setItem("comity.workbench", '{"tabs":[1]}');
    expect(read(localStorage).tabs).toEqual([]);
    expect(read(null).tabs).toEqual([]);
  });

  it("names a tab by what its first comment says", () => {
    expect(name({ id: 1, text: "#defaultView:Graph\n# Who with whom\nSELECT" }, "Query")).toBe(
      "Who with whom",
    );
    expect(name({ id: 2, text: "SELECT * {} # x" }, "Query")).toBe("Query 2");
  });
});

describe("code", () => {
  const text = `SELECT * { ?s ?p "it's )\\" 総務省" }`;

  it("asks the same in every language, whatever the query holds", () => {
    for (const language of LANGUAGES) {
      const made = code(language, "http://x/sparql", text, false);
      expect(made).toContain("http://x/sparql");
      expect(made).toContain("総務省");
    }
    expect(code("curl", "http://x/sparql", text, false)).toContain(String.raw`it'\''s`);
    expect(code("R", "http://x/sparql", 'a )" b', false)).toContain('r"-(a )" b)-"');
    expect(code("Python", "http://x/sparql", "DESCRIBE <x:a>", true)).toContain("TURTLE");
  });
});

describe("completion", () => {
  const at = (text: string) => context(text)?.place;

  it("knows what may stand where", () => {
    expect(at("SELECT * { ")).toBe("subject");
    expect(at("SELECT * { ?s ")).toBe("predicate");
    expect(at("SELECT * { ?s a ")).toBe("class");
    expect(at("SELECT * { ?s rdf:type com")).toBe("class");
    expect(at("SELECT * { ?s comity:actor ")).toBe("object");
    expect(at("SELECT * { ?s comity:actor actor:mic ; ")).toBe("predicate");
    expect(at("SELECT * { ?s comity:actor actor:mic , ")).toBe("object");
    expect(at("SELECT * { ?s comity:actor/")).toBe("predicate");
    expect(at("SELECT * { ?s ?p ?o . FILTER(")).toBe("any");
    expect(at("SELECT * { GRAPH ")).toBe("graph");
    expect(at("SELECT * { GRAPH ?g { ?s ")).toBe("predicate");
    expect(at("SELECT * { OPTIONAL { ?s ?p ?o } ")).toBe("subject");
    expect(at("PREFIX com")).toBe("prefix");
    expect(at("PREFIX comity: <https://w3id.org/comity/ontology#>\nSELECT * { ?s ")).toBe(
      "predicate",
    );
    expect(at("SELECT * { [] ")).toBe("predicate");
    expect(at("SELECT ")).toBe("any");
  });

  it("is silent in comments, strings and addresses", () => {
    expect(context("SELECT * { # note")).toBeNull();
    expect(context('SELECT * { ?s ?p "wor')).toBeNull();
    expect(context("SELECT * { ?s <http://")).toBeNull();
  });

  it("gives the word that is typed, in any script", () => {
    expect(context("SELECT * { ?s comity:act")).toMatchObject({ word: "comity:act", from: 14 });
    expect(context("SELECT * { ?s ?p 経済")).toMatchObject({ word: "経済", place: "object" });
    expect(variables("SELECT ?b { ?a ?b ?a }")).toEqual(["?a", "?b"]);
  });

  it("finds terms by label in either language and by name", () => {
    const entries: Entry[] = [
      {
        kind: "property",
        iri: "x:actor",
        curie: "comity:actor",
        en: "actor",
        ja: "主体",
        says: "",
        uses: 9,
      },
      { kind: "property", iri: "x:f", curie: "comity:actors", en: "actors", says: "", uses: 20 },
      {
        kind: "class",
        iri: "x:Commitment",
        curie: "comity:Commitment",
        en: "commitment",
        ja: "コミットメント",
        says: "",
        uses: 1,
      },
    ];
    const found = (word: string) =>
      matching(entries, ["property", "class"], word).map((one) => one.curie);
    expect(found("actor")).toEqual(["comity:actor", "comity:actors"]);
    expect(found("主")).toEqual(["comity:actor"]);
    expect(found("ｺﾐｯﾄ")).toEqual(["comity:Commitment"]);
    expect(found("comity:Com")).toEqual(["comity:Commitment"]);
    expect(found("zzz")).toEqual([]);
    expect(written("source:a/b", "https://x/a/b")).toBe("<https://x/a/b>");
  });
});

it("fills the places of a text", () => {
  expect(filled("%(a)s of %(b)s, %(c)s", { a: 1, b: "two" })).toBe("1 of two, %(c)s");
});
