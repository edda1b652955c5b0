// The network in the browser: takes the place of the server's picture when it is ready, shows the
// same, and can be moved, searched, thinned out and extended. Without it, the page is complete.
import { html } from "../charts/draw";
import { evidence, type Panel } from "./evidence";
import { keep } from "./keep";
import { legend } from "./legend";
import { merge, type Network, without } from "./model";
import { begin, done, type Past, redone, undone } from "./past";
import { complete, drawn, empty, type Plan } from "./plan";
import type { Look } from "./scene";
import { months, type Shown, shown } from "./shown";
import { around, ask, measured } from "./source";
import { Stage } from "./stage";
import { type Doing, read as readState, type State, WHOLE, write } from "./state";
import { type Say, sayer } from "./texts";
import { all, button, own, search, time } from "./tools";

interface Settings {
  lang: string;
  title: string;
  said: string[];
  measures: Record<string, string>;
  texts: Record<string, string>;
}

const host = document.querySelector<HTMLElement>("[data-network]");
const block = document.getElementById("texts");
if (host && block) {
  const settings = JSON.parse(block.textContent ?? "{}") as Settings;
  // where the data does not come, what the server drew still stands there
  void ask(host.dataset["network"] ?? "").then((network) => {
    if (network) new Viewer(host, settings, network).begin();
  });
}

class Viewer {
  readonly #host: HTMLElement;
  readonly #settings: Settings;
  readonly #say: Say;
  readonly #tools = document.getElementById("picture-tools");
  readonly #more = document.getElementById("picture-more");
  readonly #panel = document.getElementById("evidence");
  readonly #pictures: SVGSVGElement[];
  /** The address of the network as data. */
  readonly #source: string;
  #asked: Network;
  #network: Network;
  #state: State;
  #past: Past<Doing>;
  #plan: Plan;
  #stage: Stage | null = null;
  #shown: Shown = { things: [], ties: [] };
  /** What was asked for around things, each once. */
  readonly #around = new Map<string, Network>();
  readonly #status = html("p", { class: "vh", role: "status" });
  #renew: (() => void)[] = [];
  /** What the address hides for the server too. */
  readonly #gone = (new URLSearchParams(location.search).get("hide") ?? "").split(/\s+/);

  constructor(host: HTMLElement, settings: Settings, network: Network) {
    this.#host = host;
    this.#settings = settings;
    this.#say = sayer(settings.texts, settings.lang);
    this.#pictures = [...host.querySelectorAll<SVGSVGElement>("svg.net")].filter((one) =>
      one.querySelector("a[data-node]"),
    );
    this.#source = host.dataset["network"] ?? "";
    this.#asked = network;
    this.#network = network;
    this.#state = readState(location.search, location.hash);
    this.#past = begin(this.#state.doing);
    this.#plan = this.#planned();
  }

  async begin(): Promise<void> {
    await this.#gather();
    const { doing, camera } = this.#state;
    const label = this.#say("picture", { title: this.#settings.title });
    const help = html("p", { class: "vh", id: "net-keys" }, this.#say("keys"));
    this.#stage = new Stage(this.#look(), label, help.id, {
      choose: (select) => this.#choose(select),
      put: (curie, x, y) => {
        const { pins } = this.#past.now;
        this.#do({ pins: { ...pins, [curie]: [Math.round(x), Math.round(y)] } });
      },
      moved: () => {
        if (this.#stage) this.#state = { ...this.#state, camera: this.#stage.look.camera };
        this.#address();
      },
      key: (event) => this.#key(event),
    });
    this.#past = begin(doing);
    this.#state = { ...this.#state, camera };
    for (const one of this.#pictures) one.remove();
    const caution = html(
      "p",
      { class: "net-caution" },
      ...this.#settings.said.slice(0, 2).flatMap((one, nth) => (nth ? [html("br"), one] : [one])),
    );
    this.#host.replaceChildren(
      html("div", { class: "net-frame" }, this.#stage.element, caution),
      help,
      this.#status,
    );
    this.#surround();
    this.#show();
    if (this.#state.select.length > 0) this.#evidence();
    this.#host.dataset["ready"] = "true";
    new ResizeObserver(() => this.#resize()).observe(this.#host);
    addEventListener("hashchange", () => void this.#reopen());
    addEventListener("popstate", () => void this.#reopen());
  }

  // --- what is seen -------------------------------------------------------------------------------

  #planned(): Plan {
    const width = this.#host.clientWidth || 800;
    const phone = matchMedia("(width < 44rem)").matches;
    const picture = this.#pictures.find((one) => one.classList.contains(phone ? "p" : "w"));
    return picture ? drawn(picture) : empty(width, this.#network.things.size);
  }

  #look(): Look {
    const width = this.#host.clientWidth || 800;
    const scale = width / this.#plan.width;
    return {
      plan: this.#plan,
      scale,
      camera: this.#state.camera,
      size: this.#state.size,
      colour: this.#state.colour,
      select: this.#state.select,
      under: null,
      pins: this.#past.now.pins,
      width,
      height: Math.round(this.#plan.height * scale),
    };
  }

  #show(): void {
    this.#shown = shown(this.#network, this.#past.now);
    this.#plan = complete(this.#plan, this.#network);
    this.#stage?.show(this.#shown, this.#look(), this.#network.directed);
    for (const one of this.#renew) one();
  }

  #resize(): void {
    const width = this.#host.clientWidth;
    if (!this.#stage || width === this.#stage.look.width) return;
    this.#plan = this.#planned();
    // where the other plan stands, things have other places
    this.#state = { ...this.#state, camera: WHOLE };
    this.#show();
  }

  // --- doing, and taking back ---------------------------------------------------------------------

  #do(part: Partial<Doing>): void {
    this.#past = done(this.#past, { ...this.#past.now, ...part });
    this.#after();
  }

  #after(): void {
    this.#state = { ...this.#state, doing: this.#past.now };
    const { hidden } = this.#past.now;
    const select = this.#state.select.filter((one) => !hidden.includes(one));
    if (select.length < this.#state.select.length) this.#state = { ...this.#state, select: [] };
    void this.#gather().then(() => {
      this.#address();
      this.#show();
      this.#evidence();
    });
  }

  #back(): void {
    this.#past = undone(this.#past);
    this.#after();
  }

  #again(): void {
    this.#past = redone(this.#past);
    this.#after();
  }

  /** The network with the neighbourhoods that were asked for. */
  async #gather(): Promise<void> {
    let network = this.#asked;
    for (const curie of this.#state.doing.added) {
      const its = this.#around.get(curie) ?? (await around(this.#source, curie));
      if (its) {
        this.#around.set(curie, its);
        network = merge(network, its);
      } else this.#tell("failed");
    }
    this.#network = without(network, this.#gone);
    this.#plan = complete(this.#plan, network);
  }

  #tell(name: string, values: Record<string, string | number> = {}): void {
    this.#status.textContent = this.#say(name, values);
  }

  #choose(select: string[]): void {
    this.#state = { ...this.#state, select };
    this.#address();
    this.#show();
    this.#evidence();
  }

  /** Choose by name: the picture comes to it, and so does who asked. */
  #bring = (one: { id: string; curie: string }): void => {
    this.#choose([one.curie]);
    this.#stage?.bring(one.id);
    this.#stage?.element.focus({ preventScroll: true });
  };

  #address(): void {
    history.replaceState(null, "", location.pathname + write(location.search, this.#state));
  }

  async #reopen(): Promise<void> {
    const asked = readState(location.search, location.hash);
    // a link to a part of the page is no state
    if (location.hash && !location.hash.includes("=")) return;
    this.#state = asked;
    this.#past = begin(asked.doing);
    await this.#gather();
    this.#show();
    this.#evidence();
  }

  #key(event: KeyboardEvent): boolean {
    const { key } = event;
    if (event.ctrlKey || event.metaKey) {
      if (key.toLowerCase() === "z") event.shiftKey ? this.#again() : this.#back();
      else if (key.toLowerCase() === "y") this.#again();
      else return false;
      return true;
    }
    if (key === "Escape") this.#choose([]);
    else if (key === "Delete") this.#hide();
    else if (key === "Enter") this.#panel?.querySelector<HTMLElement>("h2")?.focus();
    else return false;
    return true;
  }

  #hide(): void {
    const [one] = this.#state.select;
    if (!one || this.#state.select.length > 1) return;
    this.#do({ hidden: [...this.#past.now.hidden, one] });
    this.#tell("hidden", { count: this.#past.now.hidden.length });
    this.#stage?.element.focus({ preventScroll: true });
  }

  // --- beside and around the picture --------------------------------------------------------------

  #evidence(): void {
    const { lang, measures } = this.#settings;
    const panel: Panel = {
      network: this.#network,
      ties: this.#shown.ties,
      select: this.#state.select,
      size: this.#state.size,
      lang,
      say: this.#say,
      measure: (name) => measures[name] ?? name,
      tools: this.#state.select.length === 1 ? this.#own() : null,
      choose: (select) => this.#choose(select),
    };
    this.#panel?.replaceChildren(...evidence(panel));
    const heading = this.#panel?.querySelector("h2");
    heading?.setAttribute("tabindex", "-1");
    if (this.#state.select.length > 0) this.#tell("shown", { name: heading?.textContent ?? "" });
  }

  /** What may be done with the thing that is chosen. */
  #own(): HTMLElement {
    const [one = ""] = this.#state.select;
    const { pins, added } = this.#past.now;
    const { [one]: pinned, ...others } = pins;
    return own(this.#say, {
      hide: () => this.#hide(),
      ...(pinned ? { unpin: () => this.#do({ pins: others }) } : { pin: () => this.#pin(one) }),
      ...(added.includes(one) ? {} : { expand: () => this.#expand(one) }),
    });
  }

  #pin(curie: string): void {
    const thing = this.#shown.things.find((one) => one.curie === curie);
    const spot = thing && this.#plan.spots.get(thing.id);
    if (spot) this.#do({ pins: { ...this.#past.now.pins, [curie]: [spot.x, spot.y] } });
  }

  #expand(curie: string): void {
    this.#do({ added: [...this.#past.now.added, curie] });
  }

  #surround(): void {
    const { lang } = this.#settings;
    const say = this.#say;
    const stage = this.#stage as Stage;
    const sought = search(() => this.#shown.things, lang, say, this.#bring);
    const back = button(say("undo"), () => this.#back());
    const again = button(say("redo"), () => this.#again());
    const unhide = button("", () => this.#do({ hidden: [] }));
    this.#tools?.replaceChildren(
      sought.element,
      html(
        "div",
        { class: "net-buttons" },
        button("+", () => stage.zoom(1.25), say("closer")),
        button("−", () => stage.zoom(0.8), say("farther")),
        button(say("whole"), () => stage.turn(WHOLE)),
        back,
        again,
        button("PNG", () => void this.#keep("png"), say("png")),
        button("SVG", () => void this.#keep("svg"), say("svg")),
        unhide,
      ),
    );
    const list = all(lang, say, this.#bring);
    this.#more?.replaceChildren(list.element);
    const known = months(this.#asked.ties.values());
    const range = known.length > 1 ? time(known, lang, say, (part) => this.#do(part)) : null;
    if (range) this.#more?.prepend(range.element);
    this.#renew = [
      () => {
        back.disabled = this.#past.before.length === 0;
        again.disabled = this.#past.after.length === 0;
        unhide.hidden = this.#past.now.hidden.length === 0;
        unhide.textContent = say("unhide", { count: this.#past.now.hidden.length });
      },
      () => list.renew(this.#shown.things),
      () => range?.renew(this.#past.now),
    ];
    for (const name of ["size", "colour"]) {
      const field = document.querySelector<HTMLSelectElement>(
        `form.filters select[name="${name}"]`,
      );
      field?.addEventListener("change", () => void this.#measure(name, field.value));
    }
  }

  /** Ask again with what sizes or colours are to show. */
  async #measure(name: string, value: string): Promise<void> {
    const { size, colour } = this.#state;
    const wanted = name === "size" ? { size: value, colour } : { size, colour: value !== "" };
    const network = await measured(this.#source, wanted.size, wanted.colour);
    if (!network) return this.#tell("failed");
    this.#asked = network;
    this.#state = { ...this.#state, ...wanted };
    await this.#gather();
    this.#address();
    this.#show();
    this.#evidence();
    const said = legend(this.#host, this.#state, this.#network, this.#settings.measures, this.#say);
    this.#status.textContent = said;
  }

  async #keep(kind: "png" | "svg"): Promise<void> {
    const stage = this.#stage as Stage;
    await keep(kind, {
      shown: this.#shown,
      look: stage.look,
      ink: stage.colours,
      font: stage.font,
      measure: stage.measure,
      directed: this.#network.directed,
      title: this.#settings.title,
      said: [...this.#settings.said, location.href],
    });
  }
}
