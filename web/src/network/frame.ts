// Which part of the picture is seen: a rectangle of its own coordinates, never beyond its rim.

export interface Frame {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** How far the picture may be enlarged. */
const MOST = 8;

function between(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** A frame of the same shape as the whole, inside it. */
function inside(whole: Frame, scale: number, x: number, y: number): Frame {
  const width = whole.width / scale;
  const height = whole.height / scale;
  return {
    x: between(x, whole.x, whole.x + whole.width - width),
    y: between(y, whole.y, whole.y + whole.height - height),
    width,
    height,
  };
}

/** The frame enlarged by a factor about a point, which stays where it is. */
export function zoomed(whole: Frame, now: Frame, factor: number, x: number, y: number): Frame {
  const scale = between((whole.width / now.width) * factor, 1, MOST);
  const share = whole.width / scale / now.width;
  return inside(whole, scale, x - (x - now.x) * share, y - (y - now.y) * share);
}

/** The frame moved by shares of its size. */
export function moved(whole: Frame, now: Frame, right: number, down: number): Frame {
  const scale = whole.width / now.width;
  return inside(whole, scale, now.x + right * now.width, now.y + down * now.height);
}

/** The frame of a `viewBox`. */
export function read(text: string): Frame {
  const [x = 0, y = 0, width = 1, height = 1] = text.split(/[\s,]+/).map(Number);
  return { x, y, width, height };
}

export function written(frame: Frame): string {
  return [frame.x, frame.y, frame.width, frame.height]
    .map((one) => Math.round(one * 100) / 100)
    .join(" ");
}

/** Whether a name has what is looked for, whatever its case and width. */
export function matches(name: string, text: string): boolean {
  const plain = (one: string) => one.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
  return plain(text) !== "" && plain(name).includes(plain(text));
}
