// An answer in its views, with the ways to take it away.
import { html } from "../charts/draw";
import { data, LONGEST } from "./address";
import { type Given, request, save } from "./ask";
import type { Labels } from "./labels";
import { notice } from "./refusal";
import type { Rows } from "./result";
import type { Say, Settings } from "./said";
import { table } from "./table";
import { type Mark, type View, wish } from "./view";

const VIEWS: readonly View[] = ["table", "chart", "timeline", "network", "raw"];

/** Shows answers in one place of the page. */
export class Shown {
  constructor(
    private readonly place: HTMLElement,
    private readonly settings: Settings,
    private readonly labels: Labels,
    private readonly say: Say,
  ) {}

  /** Show an answer; `chosen` is told of every view that somebody goes to. */
  async show(
    query: string,
    given: Given,
    view: View | null,
    chosen: (view: View) => void,
  ): Promise<void> {
    const { place, labels, say } = this;
    const answer = given.answer;
    if ("boolean" in answer) {
      const name = answer.boolean ? "yes" : "no";
      const box = notice(say(name), html("p", {}, say(`${name}_said`)));
      place.replaceChildren(box, this.take(query, false));
      return;
    }
    if (answer.rows.length === 0) {
      const box = notice(say("empty"), html("p", {}, say("empty_said")));
      place.replaceChildren(box, this.take(query, answer.graph));
      return;
    }
    const wanted = wish(query);
    const pane = html("div", { class: "pane" });
    const items = VIEWS.map((name) => {
      const button = html("button", { type: "button" }, say(name));
      button.addEventListener("click", () => {
        chosen(name);
        void go(name);
      });
      return html("li", {}, button);
    });
    const go = async (name: View) => {
      for (const [at, item] of items.entries()) {
        const button = item.firstElementChild;
        if (VIEWS[at] === name) button?.setAttribute("aria-current", "true");
        else button?.removeAttribute("aria-current");
      }
      pane.replaceChildren(await this.picture(name, answer, given, query, wanted?.mark ?? "bars"));
    };
    // names are there before anything is shown, so that nothing moves
    await labels.learn(answer.rows.slice(0, 100));
    await go(view ?? wanted?.view ?? "table");
    const views = html("ul", { class: "tabs views", "aria-label": say("views") }, ...items);
    const unknown = wanted?.unknown;
    const said =
      unknown?.toLowerCase() === "map" ? say("no_map") : say("no_view", { name: unknown ?? "" });
    place.replaceChildren(
      views,
      ...(unknown ? [html("p", { class: "say" }, said)] : []),
      pane,
      this.take(query, answer.graph),
    );
  }

  private async picture(
    name: View,
    answer: Rows,
    given: Given,
    query: string,
    mark: Mark,
  ): Promise<HTMLElement> {
    const { labels, say } = this;
    if (name === "raw") return this.raw(answer, given.raw, query);
    if (name === "table") return table(answer, labels, given, say);
    const drawing = await import("./drawing");
    if (name === "chart") return drawing.chart(answer, labels, mark, say);
    if (name === "timeline") return drawing.timeline(answer, labels, say);
    return drawing.network(answer, labels, say);
  }

  /** The document as it came; of a graph its Turtle. */
  private async raw(answer: Rows, raw: string, query: string): Promise<HTMLElement> {
    let text = raw;
    if (answer.graph) {
      const turtle = await request(this.settings.endpoint, query, "text/turtle");
      if (turtle.ok) text = await turtle.text();
    } else if (text.length < 2_000_000) text = JSON.stringify(JSON.parse(text), null, 1);
    const label = this.say("raw");
    return html(
      "pre",
      { class: "listing raw", tabindex: 0, role: "region", "aria-label": label },
      text,
    );
  }

  private take(query: string, graph: boolean): HTMLElement {
    const { settings, say } = this;
    const items = settings.formats
      .filter((one) => one.rows !== graph)
      .map((one) => {
        const short = data(settings.endpoint, query, one.name);
        const long = short.length > LONGEST;
        const link = html(
          "a",
          { href: long ? "#results" : short, download: `comity.${one.name}` },
          one.title,
        );
        if (long) {
          link.addEventListener("click", (event) => {
            event.preventDefault();
            void save(settings.endpoint, query, one.name);
          });
        }
        return html("li", {}, link);
      });
    return html(
      "section",
      { class: "take", "aria-label": say("export") },
      html("h2", { class: "sidehead" }, say("export")),
      html("ul", { class: "formats" }, ...items),
    );
  }
}
