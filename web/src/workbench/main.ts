// The workbench in the browser: the page's form becomes an editor, its answer views to choose from.
// Everything stays in the page: tabs are kept in this browser, queries go to this site's endpoint.
import { html } from "../charts/draw";
import { address, data, LONGEST, state } from "./address";
import { ask, type Given, type Problem, Refused, request, save } from "./ask";
import { editor } from "./editor";
import { Labels } from "./labels";
import { program, share } from "./panels";
import type { Rows } from "./result";
import { type Question, type Settings, sayer } from "./said";
import { table } from "./table";
import * as tabs from "./tabs";
import { type Mark, type View, wish } from "./view";

const settings = JSON.parse(document.getElementById("workbench")?.textContent ?? "{}") as Settings;
const form = document.querySelector<HTMLFormElement>("form#ask");
const area = document.querySelector<HTMLTextAreaElement>("textarea#query");
const results = document.querySelector<HTMLElement>("#results");

if (form && area && results) start(form, area, results);

/** What is wrong, without its place, which is shown beside it. */
function plainly(detail: string): string {
  const [words = ""] = detail.replace(/^line \d+, column \d+: /, "").split("❱");
  return detail.includes("❱") ? words.slice(0, words.lastIndexOf(": ")) : words;
}

function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

function start(form: HTMLFormElement, area: HTMLTextAreaElement, results: HTMLElement): void {
  const say = sayer(settings.texts);
  const labels = new Labels(settings.endpoint, settings.lang, settings.prefixes);
  const asked = state(location.search, location.hash);
  const kept = storage();

  // --- tabs -------------------------------------------------------------------------------------
  let held = tabs.read(kept);
  const given = asked.query || (new URLSearchParams(location.search).has("name") ? area.value : "");
  if (given || held.tabs.length === 0) held = tabs.opened(held, given || area.value);
  const current = () => held.tabs.find((one) => one.id === held.current) ?? held.tabs[0];
  const list = html("ul", { class: "tabs queries", "aria-label": say("tabs") });
  const store = () => tabs.write(kept, held);

  const draw = () => {
    list.replaceChildren(
      ...held.tabs.map((tab) => {
        const name = tabs.name(tab, say("tab"));
        const open = html(
          "button",
          { type: "button", "aria-current": tab.id === held.current && "true" },
          name,
        );
        open.addEventListener("click", () => select(tab.id));
        const close = html(
          "button",
          { type: "button", class: "close", "aria-label": say("close", { name }) },
          "×",
        );
        close.addEventListener("click", () => {
          held = tabs.closed(held, tab.id);
          if (held.tabs.length === 0) held = tabs.opened(held, "");
          select(held.current);
        });
        return html("li", {}, open, held.tabs.length > 1 && close);
      }),
      html("li", {}, fresh),
    );
  };
  const fresh = html("button", { type: "button", class: "fresh" }, say("new"));
  fresh.addEventListener("click", () => {
    const id = Math.max(0, ...held.tabs.map((tab) => tab.id)) + 1;
    held = {
      tabs: [...held.tabs, { id, text: "SELECT * WHERE {\n  \n}\nLIMIT 100\n" }],
      current: id,
    };
    select(id);
    code.focus();
  });
  const select = (id: number) => {
    held = { ...held, current: id };
    store();
    draw();
    panel.replaceChildren();
    code.set(current()?.text ?? "");
    clear();
    history.replaceState(null, "", settings.here);
  };

  // --- the editor in the place of the text field --------------------------------------------------
  const host = html("div", { class: "editor live" });
  const field = area.closest<HTMLElement>(".field") ?? area;
  // the same height, so that nothing below moves
  host.style.setProperty("--rows", String(area.rows));
  field.before(list, host);
  field.hidden = true;
  document
    .querySelector("label[for='format']")
    ?.closest<HTMLElement>(".field")
    ?.setAttribute("hidden", "");
  let timer = 0;
  const code = editor(host, current()?.text ?? area.value, settings, say, {
    run: () => void run(),
    change: (text) => {
      held = tabs.changed(held, held.current, text);
      clearTimeout(timer);
      timer = window.setTimeout(() => {
        store();
        draw();
      }, 300);
    },
  });
  store();
  draw();

  // --- the bar ------------------------------------------------------------------------------------
  const bar = form.querySelector(".runbar");
  const go = form.querySelector<HTMLButtonElement>("button.main");
  const cancel = html("button", { type: "button", class: "btn", hidden: true }, say("cancel"));
  const sharing = html(
    "button",
    { type: "button", class: "btn", "aria-expanded": "false" },
    say("share"),
  );
  const coding = html(
    "button",
    { type: "button", class: "btn", "aria-expanded": "false" },
    say("code"),
  );
  bar?.append(
    cancel,
    sharing,
    coding,
    html("span", { class: "note" }, say("kept"), " ", html("span", { class: "keys" }, say("help"))),
  );
  const panel = html("div", { class: "panels" });
  form.after(panel);
  const toggle = (button: HTMLElement, make: () => HTMLElement) => {
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") === "true";
      for (const one of [sharing, coding]) one.setAttribute("aria-expanded", "false");
      panel.replaceChildren(...(open ? [] : [make()]));
      button.setAttribute("aria-expanded", String(!open));
    });
  };
  toggle(sharing, () => share(settings, code.text(), view, say));
  toggle(coding, () => program(settings, code.text(), say));

  // --- running ------------------------------------------------------------------------------------
  let view: View | null = asked.view;
  let running: AbortController | null = null;
  const clear = () => {
    running?.abort();
    results.replaceChildren();
  };
  // each result brings its own ways to take it away
  document.querySelector("#keep #take")?.closest("section")?.remove();
  cancel.addEventListener("click", () => running?.abort("cancelled"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void run();
  });

  const run = async (shown: View | null = null, first = false) => {
    const query = code.text();
    if (!query.trim()) return;
    running?.abort();
    const own = new AbortController();
    running = own;
    view = shown;
    const before = address(settings.here, { query, view });
    if (!first) history.pushState(null, "", before ?? settings.here);
    if (go) go.disabled = true;
    cancel.hidden = false;
    results.setAttribute("aria-busy", "true");
    const waiting = window.setTimeout(() => {
      results.replaceChildren(html("p", { class: "say", role: "status" }, `${say("running")} …`));
    }, 400);
    try {
      const given = await ask(settings.endpoint, query, own.signal);
      clearTimeout(waiting);
      await present(query, given);
    } catch (error) {
      clearTimeout(waiting);
      if (own.signal.aborted) {
        if (own.signal.reason === "cancelled") {
          results.replaceChildren(notice(say("cancel"), html("p", {}, say("cancelled"))));
        }
      } else if (error instanceof Refused) refuse(query, error.problem);
      else results.replaceChildren(notice(say("offline"), html("p", {}, say("again"))));
    } finally {
      if (running === own) {
        running = null;
        cancel.hidden = true;
        if (go) go.disabled = false;
        results.removeAttribute("aria-busy");
      }
    }
  };

  const notice = (title: string, ...more: (Node | null)[]) =>
    html(
      "div",
      { class: "notice", role: "group", "aria-label": title },
      html("h2", {}, title),
      ...more,
    );

  const refuse = (query: string, problem: Problem) => {
    const { line, column, limit, status } = problem;
    const said = plainly(problem.detail);
    const detail = html("p", { lang: "en" }, said);
    if (line) {
      const at = column ?? 1;
      code.mark(line, at, said);
      const text = query.split("\n")[line - 1] ?? "";
      const [before, rest] = [
        [...text].slice(0, at - 1).join(""),
        [...text].slice(at - 1).join(""),
      ];
      const wrong = /^[\w?$:-]+|^\S/.exec(rest)?.[0] ?? "";
      results.replaceChildren(
        notice(
          say("place", { line, column: at }),
          detail,
          html(
            "pre",
            { tabindex: 0, role: "region", "aria-label": say("line") },
            html("span", { class: "no" }, String(line)),
            before,
            html("mark", { class: "err" }, wrong || " "),
            rest.slice(wrong.length),
          ),
          html("p", {}, say("nothing_run")),
        ),
      );
      return;
    }
    const titles: Record<string, string> = {
      max_rows: "too_large",
      max_bytes: "too_large",
      timeout: "timeout",
      memory: "memory",
    };
    const name = titles[limit ?? ""];
    if (!name) {
      const title =
        status === 503 || status === 429 ? "busy" : status === 403 ? "reads" : "refused";
      results.replaceChildren(
        notice(say(title), detail, html("p", {}, say(title === "busy" ? "again" : "nothing_run"))),
      );
      return;
    }
    const limited = html("button", { type: "button", class: "btn" }, say("add_limit"));
    limited.addEventListener("click", () => {
      code.set(`${code.text().trimEnd()}\nLIMIT 1000\n`);
      void run();
    });
    const downloads = html("a", { href: `/${settings.lang}/data`, class: "btn" }, say("downloads"));
    const own = name === "too_large" && !/\bLIMIT\s+\d+\s*$/i.test(query);
    results.replaceChildren(
      notice(
        say(name),
        detail,
        html("p", {}, say("whole"), " ", say("narrow")),
        html("p", { class: "runbar" }, own && limited, downloads),
      ),
    );
  };

  // --- the views ----------------------------------------------------------------------------------
  const present = async (query: string, given: Given) => {
    const answer = given.answer;
    if ("boolean" in answer) {
      const name = answer.boolean ? "yes" : "no";
      results.replaceChildren(
        notice(say(name), html("p", {}, say(`${name}_said`))),
        take(query, false),
      );
      return;
    }
    if (answer.rows.length === 0) {
      results.replaceChildren(
        notice(say("empty"), html("p", {}, say("empty_said"))),
        take(query, answer.graph),
      );
      return;
    }
    const wanted = wish(query);
    const chosen = view ?? wanted?.view ?? "table";
    const pane = html("div", { class: "pane" });
    const names: View[] = ["table", "chart", "timeline", "network", "raw"];
    const buttons = names.map((name) => {
      const button = html("button", { type: "button" }, say(name));
      button.addEventListener("click", () => {
        view = name;
        history.replaceState(null, "", address(settings.here, { query, view }) ?? settings.here);
        void show(name);
      });
      return html("li", {}, button);
    });
    const show = async (name: View) => {
      for (const [at, item] of buttons.entries()) {
        const button = item.firstElementChild;
        if (names[at] === name) button?.setAttribute("aria-current", "true");
        else button?.removeAttribute("aria-current");
      }
      pane.replaceChildren(await picture(name, answer, given, query, wanted?.mark ?? "bars"));
    };
    const unknown = wanted?.unknown;
    const said =
      unknown &&
      html(
        "p",
        { class: "say" },
        unknown.toLowerCase() === "map" ? say("no_map") : say("no_view", { name: unknown }),
      );
    // names are there before anything is shown, so that nothing moves
    await labels.learn(answer.rows.slice(0, 100));
    const views = html("ul", { class: "tabs views", "aria-label": say("views") }, ...buttons);
    await show(chosen);
    results.replaceChildren(views, ...(said ? [said] : []), pane, take(query, answer.graph));
  };

  const picture = async (
    name: View,
    answer: Rows,
    given: Given,
    query: string,
    mark: Mark,
  ): Promise<HTMLElement> => {
    if (name === "raw") {
      let text = given.raw;
      if (answer.graph) {
        const turtle = await request(settings.endpoint, query, "text/turtle");
        if (turtle.ok) text = await turtle.text();
      } else if (text.length < 2_000_000) text = JSON.stringify(JSON.parse(text), null, 1);
      return html(
        "pre",
        { class: "listing raw", tabindex: 0, role: "region", "aria-label": say("raw") },
        text,
      );
    }
    if (name === "table") return table(answer, labels, given, say);
    const drawing = await import("./drawing");
    if (name === "chart") return drawing.chart(answer, labels, mark, say);
    if (name === "timeline") return drawing.timeline(answer, labels, say);
    return drawing.network(answer, labels, say);
  };

  const take = (query: string, graph: boolean) =>
    html(
      "section",
      { class: "take", "aria-label": say("export") },
      html("h2", { class: "sidehead" }, say("export")),
      html(
        "ul",
        { class: "formats" },
        ...settings.formats
          .filter((one) => one.rows !== graph)
          .map((one) => {
            const short = data(settings.endpoint, query, one.name);
            const link = html(
              "a",
              { href: short.length > LONGEST ? "#results" : short, download: `comity.${one.name}` },
              one.title,
            );
            if (short.length > LONGEST) {
              link.addEventListener("click", (event) => {
                event.preventDefault();
                void save(settings.endpoint, query, one.name);
              });
            }
            return html("li", {}, link);
          }),
      ),
    );

  // --- examples and kept queries --------------------------------------------------------------------
  const open = (text: string) => {
    held = tabs.opened(held, text);
    store();
    draw();
    panel.replaceChildren();
    code.set(text);
    void run();
    form.scrollIntoView({ block: "nearest" });
  };
  for (const link of document.querySelectorAll<HTMLAnchorElement>("#examples a")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      open(state(new URL(link.href).search, "").query);
    });
  }
  const fill = async (question: Question, values: Record<string, string>) => {
    const fields = new URLSearchParams(values);
    if (question.parameters.some((one) => one.type === "language"))
      fields.set("lang", settings.lang);
    const found = await fetch(`${settings.queries}/${question.name}.rq?${fields}`);
    const text = await found.text();
    if (found.ok) open(text);
    else refuse(text, { ...(JSON.parse(text) as Problem), status: found.status });
  };
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-query]")) {
    const question = settings.questions.find((one) => one.name === link.getAttribute("data-query"));
    if (!question) continue;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.querySelector(".stackform")?.remove();
      const open_ = question.parameters.filter((one) => one.type !== "language");
      if (open_.length) link.closest("li")?.append(values(question, open_));
      const begin = Object.fromEntries(open_.map((one) => [one.name, one.default]));
      // an empty value would mean that none was given at all
      void fill(question, { ...begin, ...(open_.length ? {} : { lang: settings.lang }) });
    });
  }
  const values = (question: Question, open_: Question["parameters"]): HTMLFormElement => {
    const made = html("form", { class: "stackform", "aria-label": say("parameters") });
    for (const one of open_) {
      const input = html("input", { name: one.name, value: one.default, autocomplete: "off" });
      if (!["date", "text", "integer", "number"].includes(one.type)) suggest(input, one.type);
      made.append(
        html("label", { class: "field" }, html("span", {}, one.label || one.name), input),
      );
    }
    made.append(html("button", { class: "btn" }, say("begin")));
    made.addEventListener("submit", (event) => {
      event.preventDefault();
      const given = Object.fromEntries(
        [...new FormData(made)].map(([name, value]) => [name, String(value)]),
      );
      void fill(question, given);
    });
    return made;
  };
  const suggest = (input: HTMLInputElement, type: string) => {
    const options = html("datalist", { id: `of-${input.name}` });
    input.setAttribute("list", options.id);
    input.after(options);
    input.addEventListener("input", async (event) => {
      if ((event as InputEvent).isComposing || !input.value.trim()) return;
      const fields = new URLSearchParams({ q: input.value, lang: settings.lang, limit: "8" });
      if (type !== "iri") fields.set("type", type);
      const found = await fetch(`${settings.suggest}?${fields}`).catch(() => null);
      if (!found?.ok) return;
      const { suggestions } = (await found.json()) as {
        suggestions: { label: string; curie: string }[];
      };
      options.replaceChildren(
        ...suggestions.map((one) => html("option", { value: one.curie, label: one.label })),
      );
      if (!options.isConnected) input.after(options);
    });
    queueMicrotask(() => input.after(options));
  };

  addEventListener("popstate", () => {
    const back = state(location.search, location.hash);
    if (!back.query) return;
    held = tabs.opened(held, back.query);
    store();
    draw();
    code.set(back.query);
    void run(back.view, true);
  });

  if (asked.query) void run(asked.view, true);
}
