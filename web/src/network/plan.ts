// Where things stand. The server's picture has a place for each; things that it does not know are
// laid out among them, the same in every browser.
import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from "d3-force";
import { lines } from "../charts/web";
import type { Network, Thing } from "./model";

/** A line of a name, from the place of its thing. */
export interface Line {
  text: string;
  dx: number;
  dy: number;
}

export interface Spot {
  x: number;
  y: number;
  lines: readonly Line[];
  anchor: "start" | "middle" | "end";
}

export interface Head {
  text: string;
  x: number;
  y: number;
  anchor: "start" | "middle" | "end";
}

export interface Plan {
  width: number;
  height: number;
  /** In one column, ties are arcs beside it. */
  narrow: boolean;
  spots: Map<string, Spot>;
  heads: Head[];
  /** Where bands begin. */
  bounds: number[];
}

const LINE = 17;
const CAUTION = 50;

function figure(one: Element, name: string): number {
  return Number(one.getAttribute(name)) || 0;
}

function anchor(one: Element): Spot["anchor"] {
  const text = one.getAttribute("text-anchor");
  return text === "end" || text === "middle" ? text : "start";
}

/** The plan that the server drew. */
export function drawn(svg: SVGSVGElement): Plan {
  const [, , width = 0, height = 0] = (svg.getAttribute("viewBox") ?? "").split(" ").map(Number);
  const spots = new Map<string, Spot>();
  for (const one of svg.querySelectorAll("a[data-node]")) {
    const [x, y] = [figure(one, "data-x"), figure(one, "data-y")];
    const texts = [...one.querySelectorAll("text")];
    spots.set(one.getAttribute("data-node") ?? "", {
      x,
      y,
      anchor: texts[0] ? anchor(texts[0]) : "start",
      lines: texts.map((its) => ({
        text: its.textContent ?? "",
        dx: figure(its, "x") - x,
        dy: figure(its, "y") - y,
      })),
    });
  }
  const heads = [...svg.querySelectorAll("text.band")].map((one) => ({
    text: one.textContent ?? "",
    x: figure(one, "x"),
    y: figure(one, "y"),
    anchor: anchor(one),
  }));
  const bounds = [...svg.querySelectorAll("path.bandline")].map((one) =>
    Number(/M([\d.]+)/.exec(one.getAttribute("d") ?? "")?.[1] ?? 0),
  );
  const narrow = svg.classList.contains("p");
  // on a phone the caution takes more lines than the server's; it stands below, in their place
  return { width, height: narrow ? height - CAUTION : height, narrow, spots, heads, bounds };
}

/** An empty plan, where the server drew none. */
export function empty(width: number, things: number): Plan {
  const height = Math.round(Math.min(Math.max(width * 0.85, 420), 320 + things * 8, 900));
  return { width, height, narrow: width < 500, spots: new Map(), heads: [], bounds: [] };
}

/** A name under its thing. */
export function under(label: string): Pick<Spot, "lines" | "anchor"> {
  const texts = lines(label, 22, 4);
  return {
    anchor: "middle",
    lines: texts.map((text, nth) => ({ text, dx: 0, dy: 28 + LINE * nth })),
  };
}

interface Body extends SimulationNodeDatum {
  id: string;
}

/** The places that the data have, where all have one. */
function given(things: readonly Thing[], plan: Plan): Map<string, [number, number]> {
  const bodies = things.flatMap((one): Body[] =>
    one.x === null || one.y === null ? [] : [{ id: one.id, x: one.x, y: one.y }],
  );
  if (bodies.length < things.length) return new Map();
  spread(bodies, plan);
  return new Map(bodies.map((one) => [one.id, [one.x ?? 0, one.y ?? 0]]));
}

/**
 * The plan with a place for every thing. What has one keeps it; positions in the data count where
 * the plan has none at all; the others settle here, beside what they are tied to.
 */
export function complete(plan: Plan, network: Network): Plan {
  const missing = [...network.things.values()].filter((one) => !plan.spots.has(one.id));
  if (missing.length === 0) return plan;
  const spots = new Map(plan.spots);
  const from = spots.size === 0 ? given(missing, plan) : new Map<string, [number, number]>();
  if (from.size > 0) {
    for (const one of missing) {
      const [x, y] = from.get(one.id) ?? [0, 0];
      spots.set(one.id, { x, y, ...under(one.label) });
    }
    return { ...plan, spots };
  }
  const few = network.things.size <= 300;
  const bodies = [...network.things.values()].map((one, nth): Body => {
    const its = spots.get(one.id);
    if (its) return { id: one.id, x: its.x, y: its.y, fx: its.x, fy: its.y };
    const beside = neighbours(network, one.id).find((id) => spots.has(id));
    const start = beside ? spots.get(beside) : null;
    // spread by the golden angle: no two begin at one place
    const [turn, reach] = [nth * 2.39996, start ? 60 : 14 * Math.sqrt(nth + 1)];
    return {
      id: one.id,
      x: (start?.x ?? plan.width / 2) + Math.cos(turn) * reach,
      y: (start?.y ?? plan.height / 2) + Math.sin(turn) * reach,
    };
  });
  const links: SimulationLinkDatum<Body>[] = [...network.ties.values()].map((one) => ({
    source: one.a,
    target: one.b,
  }));
  const simulation = forceSimulation(bodies)
    .force(
      "link",
      forceLink<Body, SimulationLinkDatum<Body>>(links)
        .id((one) => one.id)
        .distance(few ? 90 : 30)
        .strength(few ? 0.5 : 0.1),
    )
    .force(
      "charge",
      forceManyBody()
        .strength(few ? -140 : -20)
        .theta(1.2),
    )
    .force("collide", forceCollide(few ? 34 : 6))
    .force("x", forceX(plan.width / 2).strength(0.05))
    .force("y", forceY(plan.height / 2).strength(0.08))
    .stop();
  simulation.tick(few ? 240 : 60);
  if (spots.size === 0) spread(bodies, plan);
  const byId = new Map(bodies.map((one) => [one.id, one]));
  for (const one of missing) {
    const its = byId.get(one.id);
    const [x, y] = [
      Math.min(Math.max(its?.x ?? 0, 40), plan.width - 40),
      Math.min(Math.max(its?.y ?? 0, 45), plan.height - 70),
    ];
    spots.set(one.id, { x: Math.round(x), y: Math.round(y), ...under(one.label) });
  }
  return { ...plan, spots };
}

/** Bodies spread over the whole picture, with room for names at its rims. */
function spread(bodies: Body[], plan: Plan): void {
  const reach = (some: number[]): [low: number, wide: number] => {
    const low = some.reduce((a, b) => Math.min(a, b), Infinity);
    return [low, some.reduce((a, b) => Math.max(a, b), -Infinity) - low || 1];
  };
  const [left, width] = reach(bodies.map((one) => one.x ?? 0));
  const [top, height] = reach(bodies.map((one) => one.y ?? 0));
  for (const one of bodies) {
    one.x = 70 + (((one.x ?? 0) - left) / width) * (plan.width - 140);
    one.y = 45 + (((one.y ?? 0) - top) / height) * (plan.height - 155);
  }
}

function neighbours(network: Network, id: string): string[] {
  return [...network.ties.values()].flatMap((one) =>
    one.a === id ? [one.b] : one.b === id ? [one.a] : [],
  );
}
