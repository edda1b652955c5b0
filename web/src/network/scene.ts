// The picture: ties by kind, things by family, names where they do not stand in one another.
import type { Thing, Tie } from "./model";
import type { Line, Pen, Stroke } from "./pen";
import type { Plan, Spot } from "./plan";
import type { Shown } from "./shown";
import type { Camera } from "./state";

export interface Ink {
  paper: string;
  ink: string;
  soft: string;
  edge: string;
  rule: string;
  accent: string;
  kinds: Record<string, string>;
  communities: string[];
}

/** The colours of the page, as its scheme has them now. */
export function ink(of: Element): Ink {
  const style = getComputedStyle(of);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const kinds = {
    actor: token("k-body"),
    instrument: token("k-instrument"),
    initiative: token("k-initiative"),
    event: token("k-event"),
    topic: token("k-topic"),
    document: token("k-document"),
  };
  const { actor, instrument, initiative, event, topic, document } = kinds;
  return {
    paper: token("paper"),
    ink: token("ink"),
    soft: token("ink-3"),
    edge: token("edge"),
    rule: token("rule"),
    accent: token("accent"),
    kinds,
    communities: [actor, initiative, instrument, topic, event, document],
  };
}

const ROUND = "M1 0A1 1 0 1 1-1 0 1 1 0 1 1 1 0z";
const INNER = "M.55 0A.55.55 0 1 1-.55 0 .55.55 0 1 1 .55 0z";
const SMALL = "M.7 0A.7.7 0 1 1-.7 0 .7.7 0 1 1 .7 0z";
// the server draws the same forms
const FORMS: Record<string, string> = {
  actor: ROUND,
  instrument: "M-.85-.85H.85V.85H-.85z",
  initiative: "M0-1 1 .85H-1z",
  event: "M0-1.1 1.1 0 0 1.1-1.1 0z",
  topic: "M-.55-1H.55L1.1 0 .55 1H-.55L-1.1 0z",
  document: "M-.75-1H.25L.75-.5V1H-.75z",
};

export interface Look {
  plan: Plan;
  /** Pixels for one unit of the plan at rest. */
  scale: number;
  camera: Camera;
  size: string;
  colour: boolean;
  select: readonly string[];
  under: string | null;
  pins: Readonly<Record<string, readonly [number, number]>>;
  width: number;
  height: number;
}

export interface Place {
  thing: Thing;
  x: number;
  y: number;
  r: number;
  spot: Spot;
}

/** Where each thing stands on the screen. */
export function places(shown: Shown, look: Look): Map<string, Place> {
  const { plan, scale, camera } = look;
  const grown = Math.min(Math.max(Math.sqrt(camera.k), 0.6), 1.5);
  const most = look.size
    ? shown.things.reduce((high, one) => Math.max(high, one.measures[look.size] ?? 0), 0)
    : 0;
  const usual = shown.things.length > 300 ? 5 : plan.narrow ? 9 : 12;
  const made = new Map<string, Place>();
  for (const thing of shown.things) {
    const spot = plan.spots.get(thing.id);
    if (!spot) continue;
    const [x, y] = look.pins[thing.curie] ?? [spot.x, spot.y];
    const share = most > 0 ? (thing.measures[look.size] ?? 0) / most : 0;
    const r = look.size ? usual * (0.5 + Math.sqrt(share)) : usual;
    made.set(thing.id, {
      thing,
      x: x * scale * camera.k + camera.x,
      y: y * scale * camera.k + camera.y,
      r: r * scale * grown,
      spot,
    });
  }
  return made;
}

/** How a tie runs: straight, or bent aside where both ends stand in one column. */
export function course(a: Place, b: Place, look: Look, longest: number): Line {
  const { camera, scale, plan } = look;
  if (Math.abs(a.x - b.x) >= 1 || plan.bounds.length + plan.heads.length === 0)
    return [a.x, a.y, b.x, b.y, null];
  const unit = camera.k * scale;
  const tall = Math.abs(a.y - b.y) / unit;
  const left = (a.x - camera.x) / unit < (plan.bounds[0] ?? 0);
  const reach = plan.narrow
    ? -(14 + (66 * tall) / (longest || 1))
    : (24 + Math.min(tall / 4, 110)) * (left ? 1 : -1);
  return [a.x, a.y, b.x, b.y, a.x + (reach / 0.75) * unit];
}

/** A place on a tie, some share of the way from its beginning. */
export function along([x1, y1, x2, y2, handle]: Line, t: number): [number, number] {
  if (handle === null) return [x1 + (x2 - x1) * t, y1 + (y2 - y1) * t];
  const [a, d] = [(1 - t) ** 3, t ** 3];
  const [b, c] = [3 * t * (1 - t) ** 2, 3 * t * t * (1 - t)];
  return [a * x1 + d * x2 + (b + c) * handle, (a + b) * y1 + (c + d) * y2];
}

export function isOn(tie: Tie, look: Look, places: ReadonlyMap<string, Place>): boolean {
  const [a, b] = [places.get(tie.a)?.thing.curie, places.get(tie.b)?.thing.curie];
  const [one, other] = look.select;
  if (other !== undefined) return (a === one && b === other) || (a === other && b === one);
  return one !== undefined && (a === one || b === one);
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const meet = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

export type Measure = (text: string, size: number) => number;

export function draw(
  pen: Pen,
  shown: Shown,
  look: Look,
  its: Ink,
  measure: Measure,
  directed: boolean,
  top = 0,
): Map<string, Place> {
  const at = places(shown, look);
  bands(pen, look, its, top);
  const lines = ties(pen, shown, look, its, at, directed);
  things(pen, look, its, at);
  const taken = names(pen, shown, look, its, at, measure);
  figures(pen, shown, look, its, lines, taken);
  return at;
}

function bands(pen: Pen, look: Look, its: Ink, top: number): void {
  const { plan, camera, scale } = look;
  const across = (x: number) => x * scale * camera.k + camera.x;
  for (const x of plan.bounds) {
    pen.lines([[across(x), top + 36, across(x), look.height - 44, null]], {
      colour: its.rule,
      width: 1,
      dash: [1, 4],
    });
  }
  for (const head of plan.heads) {
    const y = plan.narrow ? head.y * scale * camera.k + camera.y : top + head.y * scale;
    pen.words({
      text: head.text,
      x: across(head.x),
      y,
      size: Math.max(13 * scale, 12),
      anchor: head.anchor,
      colour: its.soft,
      halo: its.paper,
    });
  }
}

function ties(
  pen: Pen,
  shown: Shown,
  look: Look,
  its: Ink,
  at: ReadonlyMap<string, Place>,
  directed: boolean,
): Map<string, Line> {
  const unit = look.scale * look.camera.k;
  const lines = new Map<string, Line>();
  const sorted = new Map<string, [Stroke, Line[]]>();
  const add = (name: string, stroke: Stroke, line: Line) => {
    const known = sorted.get(name);
    if (known) known[1].push(line);
    else sorted.set(name, [stroke, [line]]);
  };
  let longest = 0;
  if (look.plan.narrow) {
    for (const tie of shown.ties) {
      const [a, b] = [at.get(tie.a), at.get(tie.b)];
      if (a && b) longest = Math.max(longest, Math.abs(a.y - b.y) / unit);
    }
  }
  const dense = shown.ties.length > 1500;
  for (const tie of shown.ties) {
    const [a, b] = [at.get(tie.a), at.get(tie.b)];
    if (!a || !b) continue;
    const line = course(a, b, look, longest);
    lines.set(tie.id, line);
    const [left, right] = a.x < b.x ? [a.x, b.x] : [b.x, a.x];
    const [top, bottom] = a.y < b.y ? [a.y, b.y] : [b.y, a.y];
    // outside the picture; arcs reach beyond their ends
    if (bottom < 0 || top > look.height) continue;
    if (line[4] === null && (right < 0 || left > look.width)) continue;
    const on = isOn(tie, look, at) || look.under === tie.id;
    const colour = on ? its.accent : its.edge;
    const width = (dense ? 0.75 : 1.75) * look.scale + (on ? 0.75 : 0);
    if (tie.kind === "reference") {
      add(`0 ${on}`, { colour, width: width + 3 }, line);
      add(`1 ${on}`, { colour: its.paper, width: 2 }, line);
    } else if (tie.kind === "derived") add(`2 ${on}`, { colour, width, dash: [1, 5] }, line);
    else if (tie.group) add(`3 ${on}`, { colour, width, dash: [2, 5] }, line);
    else add(`4 ${on}`, { colour, width }, line);
    if (directed && !dense) arrow(pen, line, b.r, colour);
  }
  for (const name of [...sorted.keys()].sort()) {
    const [stroke, some] = sorted.get(name) as [Stroke, Line[]];
    pen.lines(some, stroke);
  }
  return lines;
}

function arrow(pen: Pen, [x1, y1, x2, y2, handle]: Line, r: number, colour: string): void {
  const [fromX, fromY] = handle === null ? [x1, y1] : [handle, y2];
  const length = Math.hypot(x2 - fromX, y2 - fromY) || 1;
  const [ux, uy] = [(x2 - fromX) / length, (y2 - fromY) / length];
  const [tipX, tipY] = [x2 - ux * (r + 2), y2 - uy * (r + 2)];
  const wing = (side: number): string => {
    const [x, y] = [-ux * 8 - uy * 4 * side, -uy * 8 + ux * 4 * side];
    return `${Math.round(x * 100) / 100} ${Math.round(y * 100) / 100}`;
  };
  pen.form(`M0 0L${wing(1)}L${wing(-1)}z`, tipX, tipY, 1, colour, { colour, width: 0 });
}

function things(pen: Pen, look: Look, its: Ink, at: ReadonlyMap<string, Place>): void {
  const few = at.size <= 300;
  for (const { thing, x, y, r } of at.values()) {
    if (x < -r || y < -r || x > look.width + r || y > look.height + r) continue;
    const grouped = look.colour && thing.community !== null;
    const colour = grouped
      ? (its.communities[(thing.community ?? 0) % 6] ?? its.edge)
      : (its.kinds[thing.family] ?? its.kinds["document"] ?? its.edge);
    const chosen = look.select.includes(thing.curie);
    if (chosen || look.under === thing.id) {
      pen.form(ROUND, x, y, r + 4.5, its.paper, { colour: its.accent, width: 2.5 });
    }
    if (look.pins[thing.curie]) {
      pen.lines([[x - r, y + r + 4, x + r, y + r + 4, null]], { colour: its.ink, width: 2 });
    }
    const hollow = { colour, width: 2.5 };
    if (thing.group) {
      pen.form(ROUND, x, y, r, its.paper, hollow);
      pen.form(INNER, x, y, r, its.paper, hollow);
    } else if (thing.unnamed || !FORMS[thing.family]) pen.form(SMALL, x, y, r, its.paper, hollow);
    else {
      const form = FORMS[thing.family] ?? ROUND;
      pen.form(form, x, y, r, colour, { colour: its.paper, width: few ? 2 : 0 });
    }
  }
}

// where a figure may stand on its tie, the middle first
const STOPS = [0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73, 0.2, 0.8, 0.13, 0.87];

function figures(
  pen: Pen,
  shown: Shown,
  look: Look,
  its: Ink,
  lines: ReadonlyMap<string, Line>,
  taken: Box[],
): void {
  if (look.plan.narrow || shown.ties.length > 300) return;
  const tall = Math.max(20, 24 * look.scale);
  const wide = tall + 4;
  for (const tie of shown.ties) {
    const line = lines.get(tie.id);
    if (!line || tie.passages < 2) continue;
    const boxes = STOPS.map((stop): Box => {
      const [x, y] = along(line, stop);
      return { left: x - wide / 2, right: x + wide / 2, top: y - tall / 2, bottom: y + tall / 2 };
    });
    const box = boxes.find((one) => taken.every((other) => !meet(one, other))) ?? boxes[0];
    if (!box) continue;
    taken.push(box);
    pen.box(box.left, box.top, wide, tall, its.paper, its.edge);
    pen.words({
      text: String(tie.passages),
      x: box.left + wide / 2,
      y: box.top + tall / 2 + 4.5,
      size: Math.max(13 * look.scale, 12),
      anchor: "middle",
      colour: its.ink,
    });
  }
}

function names(
  pen: Pen,
  shown: Shown,
  look: Look,
  its: Ink,
  at: ReadonlyMap<string, Place>,
  measure: Measure,
): Box[] {
  const size = Math.max(15 * look.scale, 12);
  const unit = size / 15;
  const degree = new Map<string, number>();
  for (const { a, b } of shown.ties) {
    degree.set(a, (degree.get(a) ?? 0) + 1);
    degree.set(b, (degree.get(b) ?? 0) + 1);
  }
  const near = new Set(shown.ties.flatMap((one) => (isOn(one, look, at) ? [one.a, one.b] : [])));
  const rank = ({ thing }: Place): number =>
    (look.select.includes(thing.curie) || look.under === thing.id ? 1e6 : 0) +
    (near.has(thing.id) ? 1e3 : 0) +
    (degree.get(thing.id) ?? 0);
  const inside = [...at.values()].filter(
    ({ x, y }) => x > -200 && y > -40 && x < look.width + 200 && y < look.height + 40,
  );
  const first = (a: Place, b: Place) => rank(b) - rank(a) || (a.thing.id < b.thing.id ? -1 : 1);
  const taken: [string, Box][] =
    inside.length > 80 ? [] : inside.map((one) => [one.thing.id, rim(one)]);
  for (const one of inside.sort(first).slice(0, at.size > 300 ? 40 : 300)) {
    const { thing, x, y, spot, r } = one;
    // names keep their distance from the rim, whatever the size of the sign
    const more = Math.max(r - 12 * look.scale, 0);
    const aside = spot.anchor === "start" ? more : spot.anchor === "end" ? -more : 0;
    const below = spot.anchor === "middle" ? more : 0;
    const texts = spot.lines.map((line) => ({
      text: line.text,
      x: x + line.dx * unit + aside,
      y: y + line.dy * unit + below,
    }));
    const boxes = texts.map((line) => boxed(line, spot.anchor, measure(line.text, size), size));
    const planned = look.camera.k === 1 && spot.anchor !== "middle" && !look.pins[thing.curie];
    const free = boxes.every((box) =>
      taken.every(([id, other]) => id === thing.id || !meet(box, other)),
    );
    if (!free && !planned && rank(one) < 1e6) continue;
    for (const box of boxes) taken.push(["", box]);
    for (const line of texts) {
      pen.words({
        ...line,
        size,
        anchor: spot.anchor,
        colour: its.ink,
        halo: its.paper,
        strong: look.select.includes(thing.curie),
      });
    }
  }
  return taken.map(([, box]) => box);
}

function rim({ x, y, r }: Place): Box {
  const half = r * 0.6;
  return { left: x - half, top: y - half, right: x + half, bottom: y + half };
}

function boxed(
  line: { text: string; x: number; y: number },
  anchor: Spot["anchor"],
  wide: number,
  size: number,
): Box {
  const left = line.x - (anchor === "end" ? wide : anchor === "middle" ? wide / 2 : 0);
  return { left, right: left + wide, top: line.y - size * 0.85, bottom: line.y + size * 0.2 };
}
