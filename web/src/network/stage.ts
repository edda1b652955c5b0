// The picture in the page: a canvas that is drawn when something changed, and what hands do on it.
// A moving picture of thousands of ties is the last one, moved and scaled; it is drawn anew when it
// comes to rest.
import { html } from "../charts/draw";
import { Canvas, type Line } from "./pen";
import * as scene from "./scene";
import { course, type Ink, ink, type Look, type Place } from "./scene";
import type { Shown } from "./shown";
import { type Camera, within } from "./state";

const MANY = 1500;
const REST = 140;
const STEP = 40;

export interface Hands {
  choose(select: string[]): void;
  put(curie: string, x: number, y: number): void;
  moved(): void;
  key(event: KeyboardEvent): boolean;
}

export class Stage {
  readonly element: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #hands: Hands;
  #pen: Canvas;
  #ink: Ink;
  #shown: Shown = { things: [], ties: [] };
  #look: Look;
  #directed = false;
  #at = new Map<string, Place>();
  #asked = 0;
  #kept: { picture: HTMLCanvasElement; camera: Camera } | null = null;
  /** All that does not move while something is dragged. */
  #still: HTMLCanvasElement | null = null;
  #moving = 0;
  #timer = 0;
  #drag: { id: string; curie: string; dx: number; dy: number } | null = null;
  readonly #pointers = new Map<number, { x: number; y: number }>();
  #travelled = 0;
  readonly #wide = new Map<string, number>();

  constructor(look: Look, label: string, help: string, hands: Hands) {
    this.#hands = hands;
    this.#look = look;
    this.#canvas = html("canvas", { "aria-hidden": "true" });
    this.element = html(
      "div",
      {
        class: "net-stage",
        tabindex: 0,
        // keys that readers of screens use for themselves come through here
        role: "application",
        "aria-label": label,
        "aria-describedby": help,
      },
      this.#canvas,
    );
    this.#ink = ink(document.documentElement);
    this.#pen = this.#fit();
    this.#listen();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#ink = ink(document.documentElement);
      this.ask();
    });
  }

  get look(): Look {
    return this.#look;
  }

  get colours(): Ink {
    return this.#ink;
  }

  get font(): string {
    return this.#pen.font;
  }

  /** Something else is to be seen. */
  show(shown: Shown, look: Look, directed: boolean): void {
    const other = look.width !== this.#look.width || look.height !== this.#look.height;
    this.#shown = shown;
    this.#look = look;
    this.#directed = directed;
    if (other) this.#pen = this.#fit();
    this.#kept = null;
    this.ask();
  }

  ask(): void {
    if (!this.#asked) this.#asked = requestAnimationFrame(() => this.#draw());
  }

  measure = (text: string, size: number): number => {
    const key = `${size} ${text}`;
    let found = this.#wide.get(key);
    if (found === undefined) {
      this.#pen.on.font = `600 ${size}px ${this.#pen.font}`;
      found = this.#pen.on.measureText(text).width;
      this.#wide.set(key, found);
    }
    return found;
  };

  #fit(): Canvas {
    const { width, height } = this.#look;
    const dense = Math.min(window.devicePixelRatio || 1, 2);
    this.#canvas.width = Math.round(width * dense);
    this.#canvas.height = Math.round(height * dense);
    this.#canvas.style.inlineSize = `${width}px`;
    this.#canvas.style.blockSize = `${height}px`;
    const on = this.#canvas.getContext("2d") as CanvasRenderingContext2D;
    on.setTransform(dense, 0, 0, dense, 0, 0);
    const style = getComputedStyle(document.documentElement);
    return new Canvas(on, style.getPropertyValue("--voice-comity").trim() || "sans-serif");
  }

  #draw(): void {
    this.#asked = 0;
    const { width, height, camera } = this.#look;
    const on = this.#pen.on;
    const many = this.#shown.ties.length + this.#shown.things.length > MANY;
    on.clearRect(0, 0, width, height);
    if (many && this.#moving && this.#kept) {
      const { picture, camera: then } = this.#kept;
      const k = camera.k / then.k;
      on.drawImage(picture, camera.x - then.x * k, camera.y - then.y * k, width * k, height * k);
      return;
    }
    const pen = this.#pen;
    const paint = (shown: Shown) =>
      scene.draw(pen, shown, this.#look, this.#ink, this.measure, this.#directed);
    if (many && this.#drag && this.#travelled > 4) {
      // all others stand still: only what is dragged and its ties are drawn anew
      const [own, rest] = apart(this.#shown, this.#drag.id);
      if (this.#still) on.drawImage(this.#still, 0, 0, width, height);
      else {
        paint(rest);
        this.#still = this.#copy();
      }
      paint(own);
      return;
    }
    this.#still = null;
    this.#at = paint(this.#shown);
    if (many) this.#kept = { picture: this.#copy(), camera: { ...camera } };
  }

  #copy(): HTMLCanvasElement {
    const picture = html("canvas");
    picture.width = this.#canvas.width;
    picture.height = this.#canvas.height;
    picture.getContext("2d")?.drawImage(this.#canvas, 0, 0);
    return picture;
  }

  // --- moving -------------------------------------------------------------------------------------

  /** Look from elsewhere. */
  turn(camera: Camera): void {
    this.#look = { ...this.#look, camera };
    this.#moving += 1;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.#moving = 0;
      this.ask();
      this.#hands.moved();
    }, REST);
    this.#canvas.classList.toggle("near", camera.k > 1);
    this.ask();
  }

  /** Nearer or farther, with one place of the picture at rest. */
  zoom(by: number, x = this.#look.width / 2, y = this.#look.height / 2): void {
    const { camera } = this.#look;
    const k = within(camera.k * by);
    const ratio = k / camera.k;
    this.turn({ k, x: x - (x - camera.x) * ratio, y: y - (y - camera.y) * ratio });
  }

  pan(dx: number, dy: number): void {
    const { camera } = this.#look;
    this.turn({ ...camera, x: camera.x + dx, y: camera.y + dy });
  }

  /** Bring a thing into the middle where it stands near the rim or outside. */
  bring(id: string): void {
    this.#at = scene.places(this.#shown, this.#look);
    const place = this.#at.get(id);
    if (!place) return;
    const { width, height } = this.#look;
    const inside = place.x > 40 && place.y > 40 && place.x < width - 40 && place.y < height - 60;
    if (!inside) this.pan(width / 2 - place.x, height / 2 - place.y);
    else this.ask();
  }

  // --- hands --------------------------------------------------------------------------------------

  #place(event: MouseEvent): { x: number; y: number } {
    const box = this.#canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #thing(x: number, y: number): Place | null {
    let best: Place | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const one of this.#at.values()) {
      const far = Math.hypot(one.x - x, one.y - y);
      if (far < Math.max(one.r + 4, 12) && far < least) [best, least] = [one, far];
    }
    return best ?? this.#named(x, y);
  }

  /** The thing whose name stands here. */
  #named(x: number, y: number): Place | null {
    if (this.#at.size > 300) return null;
    const size = Math.max(15 * this.#look.scale, 12);
    for (const one of this.#at.values()) {
      for (const line of one.spot.lines) {
        const wide = this.measure(line.text, size);
        const start = one.x + (line.dx * size) / 15;
        const { anchor } = one.spot;
        const left = start - (anchor === "end" ? wide : anchor === "middle" ? wide / 2 : 0);
        const base = one.y + (line.dy * size) / 15;
        if (x >= left && x <= left + wide && y >= base - size && y <= base + 4) return one;
      }
    }
    return null;
  }

  #tie(x: number, y: number): string | null {
    let best: string | null = null;
    let least = 7;
    let longest = 0;
    for (const one of this.#shown.ties) {
      const [a, b] = [this.#at.get(one.a), this.#at.get(one.b)];
      if (a && b) longest = Math.max(longest, Math.abs(a.y - b.y));
    }
    longest /= this.#look.scale * this.#look.camera.k;
    for (const one of this.#shown.ties) {
      const [a, b] = [this.#at.get(one.a), this.#at.get(one.b)];
      if (!a || !b) continue;
      const far = distance(course(a, b, this.#look, longest), x, y);
      if (far < least) [best, least] = [one.id, far];
    }
    return best;
  }

  #listen(): void {
    const its = this.element;
    its.addEventListener("keydown", (event) => this.#key(event));
    its.addEventListener(
      "wheel",
      (event) => {
        // a page that is scrolled past is not held up
        if (!event.ctrlKey && !event.metaKey && document.activeElement !== its) return;
        event.preventDefault();
        const { x, y } = this.#place(event);
        this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.006 : 0.0015)), x, y);
      },
      { passive: false },
    );
    this.#canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      const at = this.#place(event);
      this.#pointers.set(event.pointerId, at);
      this.#travelled = 0;
      const hit = this.#pointers.size === 1 ? this.#thing(at.x, at.y) : null;
      // by finger, things are dragged only where the picture is not scrolled past
      const held = event.pointerType === "mouse" || this.#look.camera.k > 1;
      this.#drag =
        hit && held
          ? { id: hit.thing.id, curie: hit.thing.curie, dx: hit.x - at.x, dy: hit.y - at.y }
          : null;
      this.#canvas.setPointerCapture?.(event.pointerId);
    });
    this.#canvas.addEventListener("pointermove", (event) => this.#move(event));
    const end = (event: PointerEvent) => {
      const at = this.#pointers.get(event.pointerId);
      this.#pointers.delete(event.pointerId);
      const dragged = this.#drag;
      this.#drag = null;
      if (!at || event.type === "pointercancel") return;
      if (this.#travelled > 4) {
        const pin = dragged && this.#look.pins[dragged.curie];
        if (dragged && pin) this.#hands.put(dragged.curie, pin[0], pin[1]);
        return;
      }
      const thing = this.#thing(at.x, at.y);
      if (thing) return this.#hands.choose([thing.thing.curie]);
      const tie = this.#shown.ties.find((one) => one.id === this.#tie(at.x, at.y));
      const ends = tie && [tie.a, tie.b].map((id) => this.#at.get(id)?.thing.curie ?? "");
      this.#hands.choose(ends ?? []);
    };
    this.#canvas.addEventListener("pointerup", end);
    this.#canvas.addEventListener("pointercancel", end);
    this.#canvas.addEventListener("pointerleave", () => this.#hover(null));
  }

  #hover(id: string | null): void {
    this.#canvas.classList.toggle("over", id !== null);
    if (this.#look.under === id) return;
    this.#look = { ...this.#look, under: id };
    this.ask();
  }

  #move(event: PointerEvent): void {
    const at = this.#place(event);
    const before = this.#pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "mouse" || this.#shown.ties.length > MANY) return;
      this.#hover(this.#thing(at.x, at.y)?.thing.id ?? this.#tie(at.x, at.y));
      return;
    }
    const [dx, dy] = [at.x - before.x, at.y - before.y];
    this.#travelled += Math.hypot(dx, dy);
    const other = [...this.#pointers.entries()].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, at);
    if (other) {
      const far = (one: { x: number; y: number }) => Math.hypot(one.x - other.x, one.y - other.y);
      this.zoom(far(at) / (far(before) || 1), (at.x + other.x) / 2, (at.y + other.y) / 2);
      this.pan(dx / 2, dy / 2);
    } else if (this.#drag) {
      if (this.#travelled <= 4) return;
      const { camera, scale, pins } = this.#look;
      const unit = camera.k * scale;
      const place: [number, number] = [
        (at.x + this.#drag.dx - camera.x) / unit,
        (at.y + this.#drag.dy - camera.y) / unit,
      ];
      this.#look = { ...this.#look, pins: { ...pins, [this.#drag.curie]: place } };
      this.#kept = null;
      this.ask();
    } else if (event.pointerType === "mouse" || this.#look.camera.k > 1) this.pan(dx, dy);
  }

  #key(event: KeyboardEvent): void {
    if (event.altKey) return;
    if (this.#hands.key(event)) {
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    const { key } = event;
    if (key === "+" || key === "=") this.zoom(1.25);
    else if (key === "-" || key === "_") this.zoom(0.8);
    else if (key === "0") this.turn({ k: 1, x: 0, y: 0 });
    else if (key === "ArrowLeft") this.pan(STEP, 0);
    else if (key === "ArrowRight") this.pan(-STEP, 0);
    else if (key === "ArrowUp") this.pan(0, STEP);
    else if (key === "ArrowDown") this.pan(0, -STEP);
    else return;
    event.preventDefault();
  }
}

/** A thing with what it is tied to, and all the rest. */
function apart({ things, ties }: Shown, id: string): [own: Shown, rest: Shown] {
  const own = ties.filter((one) => one.a === id || one.b === id);
  const near = new Set([id, ...own.flatMap((one) => [one.a, one.b])]);
  return [
    { things: things.filter((one) => near.has(one.id)), ties: own },
    {
      things: things.filter((one) => one.id !== id),
      ties: ties.filter((one) => one.a !== id && one.b !== id),
    },
  ];
}

/** How far a place is from a tie. */
export function distance([x1, y1, x2, y2, handle]: Line, x: number, y: number): number {
  if (handle === null) return segment(x1, y1, x2, y2, x, y);
  let least = Number.POSITIVE_INFINITY;
  let [px, py] = [x1, y1];
  for (let nth = 1; nth <= 16; nth += 1) {
    const t = nth / 16;
    const [a, b, c, d] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
    const [qx, qy] = [a * x1 + d * x2 + (b + c) * handle, (a + b) * y1 + (c + d) * y2];
    least = Math.min(least, segment(px, py, qx, qy, x, y));
    [px, py] = [qx, qy];
  }
  return least;
}

function segment(x1: number, y1: number, x2: number, y2: number, x: number, y: number): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const long = dx * dx + dy * dy;
  const t = long ? Math.min(Math.max(((x - x1) * dx + (y - y1) * dy) / long, 0), 1) : 0;
  return Math.hypot(x1 + t * dx - x, y1 + t * dy - y);
}
