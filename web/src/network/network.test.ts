import { describe, expect, it } from "vitest";
import { merge, read as readNetwork, without } from "./model";
import { begin, done, redone, undone } from "./past";
import { complete, empty } from "./plan";
import { along } from "./scene";
import { found, months, shown } from "./shown";
import { distance } from "./stage";
import { NOTHING, read, type State, WHOLE, write } from "./state";
import { sayer } from "./texts";

const node = (name: string, more = {}) => ({
  id: `https://w3id.org/comity/id/actor/${name}`,
  curie: `actor:${name}`,
  label: name.toUpperCase(),
  family: "actor",
  ...more,
});

const edge = (a: string, b: string, passage: string, more = {}) => ({
  source: node(a).id,
  target: node(b).id,
  weight: 1,
  evidence: [
    {
      kind: "reported",
      graph: `https://w3id.org/comity/source/r/${passage}`,
      claim: `https://w3id.org/comity/source/r/${passage}#x`,
      citation: `Report 2024, Section (${passage})`,
      words: `words of ${passage}`,
    },
  ],
  ...more,
});

const given = readNetwork({
  nodes: [node("mic"), node("meti"), node("dsit", { label: "Département É" })],
  edges: [
    edge("mic", "dsit", "a", { first: "2023-02-01", last: "2023-03-31" }),
    edge("dsit", "mic", "b", { first: "2022-05-01" }),
    edge("meti", "dsit", "c"),
    edge("meti", "nobody", "d"),
  ],
  graph: { caution: "Named together in one report; not a measure of cooperation." },
});

describe("a network", () => {
  it("has one tie for each pair, with all of its places", () => {
    expect(given.ties.size).toBe(2);
    const tie = [...given.ties.values()][0];
    expect(tie?.pieces.map((one) => one.citation)).toEqual(["Section (a)", "Section (b)"]);
    expect([tie?.passages, tie?.first, tie?.last]).toEqual([2, "2022-05-01", "2023-03-31"]);
  });

  it("merged keeps what it has and adds the rest, each piece once", () => {
    const other = readNetwork({
      nodes: [node("mic"), node("dsit"), node("nec", { x: 3, y: 4 })],
      edges: [edge("mic", "dsit", "a"), edge("nec", "mic", "e")],
    });
    const both = merge(given, other);
    expect(both.things.size).toBe(4);
    expect(both.things.get(node("dsit").id)?.label).toBe("Département É");
    expect(both.things.get(node("nec").id)?.x).toBeNull();
    expect(both.ties.size).toBe(3);
    expect([...both.ties.values()][0]?.pieces.length).toBe(2);
    expect(given.ties.size).toBe(2);
  });

  it("without a thing has none of its ties", () => {
    const left = without(given, ["actor:dsit"]);
    expect([left.things.size, left.ties.size]).toEqual([2, 0]);
  });
});

describe("what is shown", () => {
  it("leaves out what is hidden, and its ties", () => {
    const seen = shown(given, { ...NOTHING, hidden: ["actor:mic"] });
    expect(seen.things.map((one) => one.curie)).toEqual(["actor:meti", "actor:dsit"]);
    expect(seen.ties.length).toBe(1);
  });

  it("keeps ties whose dates overlap the bounds; undated ones as wished", () => {
    const count = (from: string, until: string, undated: boolean) =>
      shown(given, { ...NOTHING, from, until, undated }).ties.length;
    expect(count("", "", true)).toBe(2);
    expect(count("2023-03", "", false)).toBe(1);
    expect(count("2023-04", "", false)).toBe(0);
    expect(count("", "2022-04", true)).toBe(1);
    expect(count("", "", false)).toBe(1);
  });

  it("is found by words, whatever their case and accents", () => {
    const names = (text: string) =>
      found([...given.things.values()], text, "en").map((one) => one.curie);
    expect(names("departement e")).toEqual(["actor:dsit"]);
    expect(names("ＭＩＣ")).toEqual(["actor:mic"]);
    expect(names("")).toEqual(["actor:dsit", "actor:meti", "actor:mic"]);
  });

  it("has the months of its dates", () => {
    const all = months(given.ties.values());
    expect([all[0], all.at(-1), all.length]).toEqual(["2022-05", "2023-03", 11]);
    expect(months([])).toEqual([]);
  });
});

describe("the state in the address", () => {
  const state: State = {
    select: ["actor:mic", "actor:dsit"],
    size: "degree",
    colour: true,
    doing: {
      hidden: ["source:r/a#someone & co"],
      pins: { "actor:da": [12, 340] },
      added: ["actor:nec"],
      from: "2022-05",
      until: "",
      undated: false,
    },
    camera: { k: 1.25, x: -40, y: 12 },
  };

  it("is read as it was written, beside what the server asked for", () => {
    const made = write("?topic=data&as=matrix", state);
    const [search = "", hash = ""] = made.split("#");
    expect(read(search, `#${hash}`)).toEqual(state);
    expect(new URLSearchParams(search).get("topic")).toBe("data");
    expect(made).toContain("select=actor:mic+actor:dsit");
  });

  it("is nothing where nothing was done", () => {
    const nothing = { select: [], size: "", colour: false, doing: NOTHING, camera: WHOLE };
    expect(write("", nothing)).toBe("");
    expect(read("", "")).toEqual(nothing);
    expect(read("", "#evidence")).toEqual(nothing);
  });

  it("takes nothing that is none", () => {
    const odd = read("?colour=red", "#at=a b c&pin=actor:x 1&since=never&undated=maybe");
    expect(odd).toEqual(read("", ""));
    expect(read("", "#at=9999 0 0").camera.k).toBe(12);
  });
});

describe("what was done", () => {
  it("is taken back and done again, until something else is done", () => {
    let past = done(done(begin(1), 2), 3);
    past = undone(undone(past));
    expect(past.now).toBe(1);
    expect(undone(past)).toBe(past);
    past = redone(past);
    expect([past.now, past.after]).toEqual([2, [3]]);
    past = done(past, 4);
    expect(redone(past)).toBe(past);
    expect(undone(past).now).toBe(2);
  });
});

describe("the plan", () => {
  it("is the same each time, inside the picture, and leaves what has a place", () => {
    const plan = empty(800, 3);
    const first = complete(plan, given);
    expect(first.spots).toEqual(complete(plan, given).spots);
    for (const { x, y } of first.spots.values()) {
      expect(x >= 40 && x <= plan.width - 40 && y >= 45 && y <= plan.height - 70).toBe(true);
    }
    const more = merge(
      given,
      readNetwork({ nodes: [node("mic"), node("nec")], edges: [edge("mic", "nec", "e")] }),
    );
    const second = complete(first, more);
    expect(second.spots.size).toBe(4);
    for (const [id, spot] of first.spots) expect(second.spots.get(id)).toEqual(spot);
  });

  it("knows how far a place is from a tie", () => {
    expect(distance([0, 0, 10, 0, null], 5, 3)).toBe(3);
    expect(distance([0, 0, 0, 10, 8], 6, 5)).toBeLessThan(0.1);
    expect(along([0, 0, 0, 10, 8], 0.5)).toEqual([6, 5]);
  });
});

describe("texts", () => {
  it("count as the language does", () => {
    const texts = { ties: "%(count)s ties", ties_one: "%(count)s tie" };
    const say = sayer(texts, "en");
    expect([say("ties", { count: 1 }), say("ties", { count: 2000 })]).toEqual([
      "1 tie",
      "2,000 ties",
    ]);
    expect(sayer(texts, "ja")("ties", { count: 1 })).toBe("1 ties");
    expect(say("missing")).toBe("missing");
  });
});
