// The picture of a network, which the page has already: larger and smaller, moved, searched. What
// is selected, hidden or filtered is in the page's address and drawn by the server.
import { type Frame, matches, moved, read, written, zoomed } from "./frame";

const STEP = 1.5;
const KEYS: Record<string, [number, number]> = {
  ArrowLeft: [-0.1, 0],
  ArrowRight: [0.1, 0],
  ArrowUp: [0, -0.1],
  ArrowDown: [0, 0.1],
};

/** What the script says, as the page gives it. */
interface Said {
  find: string;
  found: string;
  larger: string;
  smaller: string;
  whole: string;
  tools: string;
  keys: string;
}

/** Let the wide picture be enlarged and moved; what does so is returned. */
function movable(svg: SVGSVGElement): (frame: (now: Frame, whole: Frame) => Frame) => void {
  const whole = read(svg.getAttribute("viewBox") ?? "");
  let now = whole;
  let from: { x: number; y: number } | undefined;
  let dragged = false;
  const show = (frame: (now: Frame, whole: Frame) => Frame) => {
    now = frame(now, whole);
    svg.setAttribute("viewBox", written(now));
    // headings and caution stay in sight, whatever part is seen
    const scale = now.width / whole.width;
    for (const one of svg.querySelectorAll(".stays")) {
      one.setAttribute("transform", `translate(${now.x} ${now.y}) scale(${scale})`);
    }
    svg.classList.toggle("moves", now.width < whole.width);
  };
  svg.addEventListener("pointerdown", (event) => {
    from = { x: event.clientX, y: event.clientY };
    dragged = false;
  });
  svg.addEventListener("pointermove", (event) => {
    if (!from || event.buttons !== 1 || now.width >= whole.width) return;
    const right = (from.x - event.clientX) / svg.clientWidth;
    const down = (from.y - event.clientY) / svg.clientHeight;
    if (!dragged && Math.abs(right) + Math.abs(down) < 0.01) return;
    dragged = true;
    from = { x: event.clientX, y: event.clientY };
    show((one, all) => moved(all, one, right, down));
  });
  // the end of a drag is no click on the node under it
  svg.addEventListener("click", (event) => dragged && event.preventDefault(), true);
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  svg.addEventListener("keydown", (event) => {
    const way = KEYS[event.key];
    if (!way || now.width >= whole.width) return;
    event.preventDefault();
    show((one, all) => moved(all, one, ...way));
  });
  svg.addEventListener(
    "wheel",
    (event) => {
      // the page scrolls as ever; with the key that enlarges pages, the picture is enlarged
      if (!event.ctrlKey) return;
      event.preventDefault();
      const box = svg.getBoundingClientRect();
      const x = now.x + ((event.clientX - box.left) / box.width) * now.width;
      const y = now.y + ((event.clientY - box.top) / box.height) * now.height;
      show((one, all) => zoomed(all, one, event.deltaY < 0 ? 1.15 : 1 / 1.15, x, y));
    },
    { passive: false },
  );
  return show;
}

function button(text: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

/** A field that marks the nodes whose names have what is typed, and says how many. */
function finder(figure: HTMLElement, said: Said): HTMLElement {
  const field = document.createElement("p");
  field.className = "field";
  const label = document.createElement("label");
  label.htmlFor = "find";
  label.textContent = said.find;
  const input = document.createElement("input");
  input.id = "find";
  input.type = "search";
  input.autocomplete = "off";
  const count = document.createElement("span");
  count.className = "count";
  count.setAttribute("role", "status");
  const mark = () => {
    let found = 0;
    for (const node of figure.querySelectorAll<SVGAElement>("a[data-node]")) {
      const name = [...node.querySelectorAll("text")].map((one) => one.textContent).join(" ");
      const has = matches(name, input.value);
      node.classList.toggle("found", has);
      if (has && node.closest("svg")?.classList.contains("w")) found += 1;
    }
    count.textContent = input.value.trim() ? `${found} ${said.found}` : "";
  };
  input.addEventListener("input", (event) => {
    if (!(event as InputEvent).isComposing) mark();
  });
  input.addEventListener("compositionend", mark);
  field.append(label, input, count);
  return field;
}

const figure = document.getElementById("picture");
const svg = figure?.querySelector<SVGSVGElement>("svg.net.w");
const place = document.getElementById("picture-tools");
if (figure && svg && place) {
  const said = JSON.parse(document.getElementById("texts")?.textContent ?? "") as Said;
  const show = movable(svg);
  const middle = (now: Frame): [number, number] => [now.x + now.width / 2, now.y + now.height / 2];
  place.append(
    finder(figure, said),
    button(said.larger, () => show((now, all) => zoomed(all, now, STEP, ...middle(now)))),
    button(said.smaller, () => show((now, all) => zoomed(all, now, 1 / STEP, ...middle(now)))),
    button(said.whole, () => show((_, all) => all)),
  );
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", said.tools);
  place.title = said.keys;
}
