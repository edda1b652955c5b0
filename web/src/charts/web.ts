// A result as a network: settled before it is shown, drawn as SVG, every node a link, every tie with
// its words as a title. Kinds of things have their shapes; place and distance mean nothing.
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
import { html, svg } from "./draw";

export interface Node {
  id: string;
  label: string;
  lang?: string;
  address?: string;
}

export interface Tie {
  source: string;
  target: string;
  title: string;
  directed: boolean;
}

interface Placed extends SimulationNodeDatum, Node {}

const SHAPES: Record<string, [string, string]> = {
  actor: ["body-k", "M6.5 0A6.5 6.5 0 1 1-6.5 0 6.5 6.5 0 1 1 6.5 0z"],
  instrument: ["instrument-k", "M-6-6H6V6H-6z"],
  initiative: ["initiative-k", "M0-7 7 6H-7z"],
  event: ["event-k", "M0-7.2 7.2 0 0 7.2-7.2 0z"],
  document: ["document-k", "M-5-7h7l3.5 3.5V7H-5z"],
  topic: ["topic-k", "M-3.6-6.5h7.2L7.2 0 3.6 6.5h-7.2L-7.2 0z"],
};
const OTHER: [string, string] = ["other-k", "M4.5 0A4.5 4.5 0 1 1-4.5 0 4.5 4.5 0 1 1 4.5 0z"];
const KIND = /^https:\/\/w3id\.org\/comity\/(?:id\/)?([a-z]+)\//;

function shape(id: string): [string, string] {
  return SHAPES[KIND.exec(id)?.[1] ?? ""] ?? OTHER;
}

/** A label in lines of some length, at spaces where there are any. */
export function lines(text: string, most = 22, rows = 3): string[] {
  const wide = /[\u3040-\u30ff\u3400-\u9fff]/.test(text);
  const room = wide ? Math.ceil(most / 2) : most;
  const parts = wide ? [...text] : text.split(/(?<=[\s/])/);
  const made: string[] = [""];
  for (const part of parts) {
    const last = made.at(-1) ?? "";
    if (last && last.length + part.trimEnd().length > room) made.push(part);
    else made[made.length - 1] = last + part;
  }
  const shown = made.map((one) => one.trim()).filter(Boolean);
  return shown.length <= rows
    ? shown
    : [...shown.slice(0, rows - 1), shown.slice(rows - 1).join(wide ? "" : " ")];
}

interface Box {
  x: number;
  y: number;
  /** Half the width of the label, and how far it reaches below the sign. */
  half: number;
  below: number;
}

/** Places in a picture of some width where no label stands in another. */
function apart(placed: readonly Placed[], width: number): Box[] {
  const xs = placed.map((one) => one.x ?? 0);
  const left = Math.min(...xs);
  const span = Math.max(Math.max(...xs) - left, 1);
  const scale = Math.min(1.5, (width - 120) / span);
  const boxes = placed.map((one): Box => {
    const rows = lines(one.label);
    const longest = Math.max(
      ...rows.map((row) =>
        [...row].reduce((sum, sign) => sum + (/[\u3000-\u9fff]/.test(sign) ? 13 : 7), 0),
      ),
    );
    const x = width / 2 + ((one.x ?? 0) - left - span / 2) * scale;
    return { x, y: (one.y ?? 0) * scale, half: longest / 2 + 4, below: 14 + 14 * rows.length };
  });
  for (let round = 0; round < 120; round += 1) {
    let moved = false;
    for (const [nth, one] of boxes.entries()) {
      for (const other of boxes.slice(nth + 1)) {
        const overX = one.half + other.half - Math.abs(one.x - other.x);
        const [upper, lower] = one.y <= other.y ? [one, other] : [other, one];
        const overY = upper.below + 12 - (lower.y - upper.y);
        if (overX <= 0 || overY <= 0) continue;
        moved = true;
        if (overX < overY) {
          const step = overX / 2 + 0.5;
          const way = one.x <= other.x ? 1 : -1;
          one.x -= step * way;
          other.x += step * way;
        } else {
          upper.y -= overY / 2 + 0.5;
          lower.y += overY / 2 + 0.5;
        }
      }
    }
    for (const one of boxes) {
      const room = Math.min(one.half, width / 2);
      one.x = Math.min(Math.max(one.x, room), width - room);
    }
    if (!moved) break;
  }
  return boxes;
}

export function web(
  nodes: readonly Node[],
  ties: readonly Tie[],
  width: number,
  label: string,
): SVGSVGElement {
  const placed: Placed[] = nodes.map((one) => ({ ...one }));
  const links: SimulationLinkDatum<Placed>[] = ties.map(({ source, target }) => ({
    source,
    target,
  }));
  const simulation = forceSimulation(placed)
    .force(
      "link",
      forceLink<Placed, SimulationLinkDatum<Placed>>(links)
        .id((one) => one.id)
        .distance(100),
    )
    .force("charge", forceManyBody().strength(nodes.length > 120 ? -160 : -420))
    .force("collide", forceCollide(44))
    .force("x", forceX(0).strength(0.04))
    .force("y", forceY(0).strength(0.08))
    .stop();
  simulation.tick(nodes.length > 200 ? 160 : 320);
  const boxes = apart(placed, width);
  const top = Math.min(...boxes.map((one) => one.y)) - 14;
  const height = Math.max(...boxes.map((one) => one.y + one.below)) + 6 - top;
  const places = new Map(placed.map((one, nth) => [one.id, boxes[nth]]));
  const at = (one: Placed): [number, number] => {
    const box = places.get(one.id);
    return box ? [Math.round(box.x), Math.round(box.y - top)] : [0, 0];
  };
  const byId = new Map(placed.map((one) => [one.id, one]));
  const drawnTies = ties.flatMap((tie) => {
    const [from, to] = [byId.get(tie.source), byId.get(tie.target)];
    if (!from || !to) return [];
    const [x1, y1] = at(from);
    const [x2, y2] = at(to);
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    // an arrow ends at the rim of its node
    const [ex, ey] = [x2 - ((x2 - x1) / length) * 11, y2 - ((y2 - y1) / length) * 11];
    const turn = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
    return [
      svg(
        "g",
        { class: "tie", "data-source": tie.source, "data-target": tie.target },
        svg("path", { class: "e", d: `M${x1} ${y1}L${ex} ${ey}` }),
        tie.directed &&
          svg("path", {
            class: "arrow",
            d: "M0 0-7-3.5V3.5z",
            transform: `translate(${ex} ${ey}) rotate(${turn})`,
          }),
        svg("title", {}, tie.title),
      ),
    ];
  });
  const drawnNodes = placed.map((one) => {
    const [x, y] = at(one);
    const [class_, path] = shape(one.id);
    const text = lines(one.label);
    const own = svg(
      "g",
      {
        class: `node ${class_}`,
        transform: `translate(${x} ${y})`,
        "data-id": one.id,
      },
      svg("path", { class: "n", d: path }),
      svg(
        "text",
        { "text-anchor": "middle", y: 21, lang: one.lang },
        ...text.map((line, nth) => svg("tspan", { x: 0, dy: nth ? 14 : 0 }, line)),
      ),
      svg("title", {}, one.label),
    );
    return one.address ? svg("a", { href: one.address }, own) : own;
  });
  const picture = svg(
    "svg",
    {
      class: "web",
      viewBox: `0 0 ${width} ${height}`,
      width: "100%",
      role: "group",
      "aria-label": label,
    },
    ...drawnTies,
    ...drawnNodes,
  );
  const mark = (id: string | null) => {
    for (const one of drawnTies) {
      const its = one.getAttribute("data-source") === id || one.getAttribute("data-target") === id;
      one.classList.toggle("on", id !== null && its);
    }
  };
  for (const type of ["pointerover", "focusin"] as const) {
    picture.addEventListener(type, (event) => {
      const target = event.target as Element;
      const node =
        target.closest<SVGElement>("[data-id]") ?? target.querySelector<SVGElement>("[data-id]");
      mark(node?.getAttribute("data-id") ?? null);
    });
  }
  return picture;
}

export function framed(picture: SVGSVGElement, said: string): HTMLElement {
  return html(
    "figure",
    { class: "figure plain" },
    picture,
    html("figcaption", { class: "say" }, said),
  );
}
