// What is seen, as a file: with its title, its caution and its source, so that they travel with it.
import { html } from "../charts/draw";
import { Canvas, type Pen, Svg } from "./pen";
import { draw, type Ink, type Look, type Measure } from "./scene";
import type { Shown } from "./shown";

const ABOVE = 44;
const LINE = 18;

export interface Sheet {
  shown: Shown;
  look: Look;
  ink: Ink;
  font: string;
  measure: Measure;
  directed: boolean;
  title: string;
  /** Caution, what figures mean, source and release. */
  said: readonly string[];
}

function height({ look, said }: Sheet): number {
  return look.height + ABOVE + LINE * said.length + 12;
}

function around(pen: Pen, sheet: Sheet): void {
  const { look, ink, said, title } = sheet;
  pen.words({
    text: title,
    x: 12,
    y: 27,
    size: 18,
    anchor: "start",
    colour: ink.ink,
    strong: true,
  });
  said.forEach((text, nth) => {
    const y = ABOVE + look.height + LINE * (nth + 1) - 4;
    pen.words({ text, x: 12, y, size: 12, anchor: "start", colour: ink.soft });
  });
}

/** The look as it stands, below the title. */
function lowered(look: Look): Look {
  const { camera } = look;
  return {
    ...look,
    under: null,
    height: look.height + ABOVE,
    camera: { ...camera, y: camera.y + ABOVE },
  };
}

function asSvg(sheet: Sheet): string {
  const { look, ink, font, title } = sheet;
  const pen = new Svg(look.width, height(sheet), font, ink.paper, title);
  draw(pen, sheet.shown, lowered(look), ink, sheet.measure, sheet.directed, ABOVE);
  around(pen, sheet);
  return new XMLSerializer().serializeToString(pen.root);
}

async function asPng(sheet: Sheet): Promise<Blob | null> {
  const { look, ink, font } = sheet;
  const dense = 2;
  const canvas = html("canvas", { width: look.width * dense, height: height(sheet) * dense });
  const on = canvas.getContext("2d") as CanvasRenderingContext2D;
  on.scale(dense, dense);
  on.fillStyle = ink.paper;
  on.fillRect(0, 0, look.width, height(sheet));
  const pen = new Canvas(on, font);
  draw(pen, sheet.shown, lowered(look), ink, sheet.measure, sheet.directed, ABOVE);
  around(pen, sheet);
  return new Promise((give) => canvas.toBlob(give, "image/png"));
}

function download(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = html("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Give it to whoever looks at it, as a file of that kind. */
export async function keep(kind: "png" | "svg", sheet: Sheet): Promise<void> {
  const content =
    kind === "png" ? await asPng(sheet) : new Blob([asSvg(sheet)], { type: "image/svg+xml" });
  if (content) download(content, `network.${kind}`);
}
