// The state of the picture in its address. What the server knows too (selection, size, colour) is in
// the query, so that the page without scripts shows it; the rest is behind the number sign.

export interface Doing {
  /** Short names of things not shown. */
  hidden: readonly string[];
  /** Short names of things that were put somewhere, with the place in the plan. */
  pins: Readonly<Record<string, readonly [number, number]>>;
  /** Short names of things whose neighbourhood was added. */
  added: readonly string[];
  /** First and last month that ties may have; empty for no bound. */
  from: string;
  until: string;
  undated: boolean;
}

export interface Camera {
  k: number;
  x: number;
  y: number;
}

export interface State {
  select: readonly string[];
  size: string;
  colour: boolean;
  doing: Doing;
  camera: Camera;
}

export const NOTHING: Doing = {
  hidden: [],
  pins: {},
  added: [],
  from: "",
  until: "",
  undated: true,
};
export const WHOLE: Camera = { k: 1, x: 0, y: 0 };
export const NEAREST = 12;
export const FARTHEST = 0.4;

const MONTH = /^\d{4}-\d{2}$/;

function number(text: string | undefined): number | null {
  const found = Number(text);
  return text?.trim() && Number.isFinite(found) ? found : null;
}

export function read(search: string, hash: string): State {
  const asked = new URLSearchParams(search);
  const own = new URLSearchParams(hash.replace(/^#/, ""));
  const pins: Record<string, readonly [number, number]> = {};
  for (const one of own.getAll("pin")) {
    const parts = one.split(" ");
    const [x, y] = [number(parts[1]), number(parts[2])];
    if (parts[0] && x !== null && y !== null) pins[parts[0]] = [x, y];
  }
  const [k, x, y] = (own.get("at") ?? "").split(" ").map(number);
  const month = (name: string) => {
    const text = own.get(name) ?? "";
    return MONTH.test(text) ? text : "";
  };
  return {
    select: (asked.get("select") ?? "").split(/\s+/).filter(Boolean).slice(0, 2),
    size: asked.get("size") ?? "",
    colour: asked.get("colour") === "community",
    doing: {
      hidden: own.getAll("hide"),
      pins,
      added: own.getAll("add"),
      from: month("since"),
      until: month("until"),
      undated: own.get("undated") !== "no",
    },
    camera: k && x != null && y != null ? { k: within(k), x, y } : WHOLE,
  };
}

export function within(k: number): number {
  return Math.min(Math.max(k, FARTHEST), NEAREST);
}

/** As an address has it that people may read: what needs no escape has none. */
function written(pairs: URLSearchParams): string {
  return pairs.toString().replaceAll("%3A", ":").replaceAll("%2F", "/");
}

/** The end of the page's address for a state: query and fragment. */
export function write(search: string, state: State): string {
  const asked = new URLSearchParams(search);
  const set = (name: string, value: string) => {
    if (value) asked.set(name, value);
    else asked.delete(name);
  };
  set("select", state.select.join(" "));
  set("size", state.size);
  set("colour", state.colour ? "community" : "");
  const own = new URLSearchParams();
  const { hidden, pins, added, from, until, undated } = state.doing;
  for (const one of added) own.append("add", one);
  for (const one of hidden) own.append("hide", one);
  for (const [one, [x, y]] of Object.entries(pins)) {
    own.append("pin", `${one} ${Math.round(x)} ${Math.round(y)}`);
  }
  if (from) own.set("since", from);
  if (until) own.set("until", until);
  if (!undated) own.set("undated", "no");
  const { k, x, y } = state.camera;
  if (k !== 1 || x || y) own.set("at", `${Number(k.toFixed(3))} ${Math.round(x)} ${Math.round(y)}`);
  const [query, hash] = [written(asked), written(own)];
  return (query && `?${query}`) + (hash && `#${hash}`);
}
