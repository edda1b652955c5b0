// Two pens that draw the same: one on a canvas, one in SVG for taking away.
import { svg } from "../charts/draw";

export interface Stroke {
  colour: string;
  width: number;
  dash?: readonly number[];
}

/** A tie: from, to, and how far its handles reach aside where it is bent. */
export type Line = readonly [x1: number, y1: number, x2: number, y2: number, handle: number | null];

export interface Words {
  text: string;
  x: number;
  y: number;
  size: number;
  anchor: "start" | "middle" | "end";
  colour: string;
  halo?: string;
  strong?: boolean;
}

export interface Pen {
  lines(some: readonly Line[], stroke: Stroke): void;
  /** A closed form given as an SVG path about nothing, of size one. */
  form(path: string, x: number, y: number, size: number, fill: string, stroke: Stroke): void;
  box(x: number, y: number, width: number, height: number, fill: string, stroke: string): void;
  words(one: Words): void;
}

// One stroke for some lines at a time: single ones cost more, and so does one path of thousands.
const TOGETHER = 64;

export class Canvas implements Pen {
  readonly #paths = new Map<string, Path2D>();

  constructor(
    readonly on: CanvasRenderingContext2D,
    readonly font: string,
  ) {}

  lines(some: readonly Line[], { colour, width, dash }: Stroke): void {
    const on = this.on;
    on.strokeStyle = colour;
    on.lineWidth = width;
    on.lineCap = dash ? "round" : "butt";
    on.setLineDash([...(dash ?? [])]);
    for (let begun = 0; begun < some.length; begun += TOGETHER) {
      on.beginPath();
      const end = Math.min(begun + TOGETHER, some.length);
      for (let nth = begun; nth < end; nth += 1) {
        const [x1, y1, x2, y2, handle] = some[nth] as Line;
        on.moveTo(x1, y1);
        if (handle === null) on.lineTo(x2, y2);
        else on.bezierCurveTo(handle, y1, handle, y2, x2, y2);
      }
      on.stroke();
    }
    on.setLineDash([]);
  }

  form(path: string, x: number, y: number, size: number, fill: string, stroke: Stroke): void {
    const on = this.on;
    let made = this.#paths.get(path);
    if (!made) {
      made = new Path2D(path);
      this.#paths.set(path, made);
    }
    on.save();
    on.translate(x, y);
    on.scale(size, size);
    if (fill) {
      on.fillStyle = fill;
      on.fill(made);
    }
    if (stroke.width) {
      on.strokeStyle = stroke.colour;
      on.lineWidth = stroke.width / size;
      on.stroke(made);
    }
    on.restore();
  }

  box(x: number, y: number, width: number, height: number, fill: string, stroke: string): void {
    const on = this.on;
    on.beginPath();
    on.roundRect(x, y, width, height, height / 2);
    on.fillStyle = fill;
    on.fill();
    on.strokeStyle = stroke;
    on.lineWidth = 1;
    on.stroke();
  }

  words({ text, x, y, size, anchor, colour, halo, strong }: Words): void {
    const on = this.on;
    on.font = `${strong ? 600 : 400} ${size}px ${this.font}`;
    on.textAlign = anchor === "middle" ? "center" : anchor;
    on.lineJoin = "round";
    if (halo) {
      on.strokeStyle = halo;
      on.lineWidth = 4;
      on.strokeText(text, x, y);
    }
    on.fillStyle = colour;
    on.fillText(text, x, y);
  }
}

const short = (value: number): number => Math.round(value * 10) / 10;

export class Svg implements Pen {
  readonly root: SVGSVGElement;

  constructor(
    width: number,
    height: number,
    readonly font: string,
    paper: string,
    title: string,
  ) {
    this.root = svg(
      "svg",
      { viewBox: `0 0 ${width} ${height}`, width, height, role: "img" },
      svg("title", {}, title),
      svg("rect", { width, height, fill: paper }),
    );
  }

  lines(some: readonly Line[], { colour, width, dash }: Stroke): void {
    for (const [a, b, c, d, handle] of some) {
      const [x1, y1, x2, y2] = [short(a), short(b), short(c), short(d)];
      const bent = handle === null ? "L" : `C${short(handle)} ${y1} ${short(handle)} ${y2} `;
      this.root.append(
        svg("path", {
          d: `M${x1} ${y1}${bent}${x2} ${y2}`,
          fill: "none",
          stroke: colour,
          "stroke-width": width,
          "stroke-dasharray": dash?.join(" "),
          "stroke-linecap": dash && "round",
        }),
      );
    }
  }

  form(path: string, x: number, y: number, size: number, fill: string, stroke: Stroke): void {
    this.root.append(
      svg("path", {
        d: path,
        transform: `translate(${short(x)} ${short(y)}) scale(${short(size)})`,
        fill: fill || "none",
        stroke: stroke.width ? stroke.colour : "none",
        "stroke-width": stroke.width / size,
      }),
    );
  }

  box(x: number, y: number, width: number, height: number, fill: string, stroke: string): void {
    this.root.append(
      svg("rect", { x: short(x), y: short(y), width, height, rx: height / 2, fill, stroke }),
    );
  }

  words({ text, x, y, size, anchor, colour, halo, strong }: Words): void {
    this.root.append(
      svg(
        "text",
        {
          x: short(x),
          y: short(y),
          "text-anchor": anchor,
          "font-family": this.font,
          "font-size": short(size),
          "font-weight": strong ? 600 : 400,
          fill: colour,
          stroke: halo,
          "stroke-width": halo && 4,
          "stroke-linejoin": halo && "round",
          "paint-order": halo && "stroke",
        },
        text,
      ),
    );
  }
}
