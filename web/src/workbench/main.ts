// The workbench in the browser: the page's form becomes an editor, its answer views to choose from.
// Everything stays in the page: tabs are kept in this browser, queries go to this site's endpoint.
import { html } from "../charts/draw";
import { address, state } from "./address";
import { ask, type Problem, Refused } from "./ask";
import { editor } from "./editor";
import { kept } from "./kept";
import { Labels } from "./labels";
import { program, share } from "./panels";
import { notice, plainly, refusal } from "./refusal";
import { type Settings, sayer } from "./said";
import { Shown } from "./shown";
import * as tabs from "./tabs";
import type { View } from "./view";

const settings = JSON.parse(document.getElementById("workbench")?.textContent ?? "{}") as Settings;
const form = document.querySelector<HTMLFormElement>("form#ask");
const area = document.querySelector<HTMLTextAreaElement>("textarea#query");
const results = document.querySelector<HTMLElement>("#results");

if (form && area && results) start(form, area, results);
else if (results && settings.embedded) void embedded(results);

/** A result in a page of somebody else: its views, without the editor. */
async function embedded(results: HTMLElement): Promise<void> {
  const say = sayer(settings.texts);
  const labels = new Labels(settings.endpoint, settings.lang, settings.prefixes);
  const query = results.getAttribute("data-query") ?? "";
  try {
    const given = await ask(settings.endpoint, query, new AbortController().signal);
    const { view } = state(location.search, location.hash);
    await new Shown(results, settings, labels, say).show(query, given, view, () => {});
  } catch {
    // what the server wrote still stands there
  }
}

function browserStorage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

function start(form: HTMLFormElement, area: HTMLTextAreaElement, results: HTMLElement): void {
  const say = sayer(settings.texts);
  const labels = new Labels(settings.endpoint, settings.lang, settings.prefixes);
  const shown = new Shown(results, settings, labels, say);
  const asked = state(location.search, location.hash);
  const storage = browserStorage();

  // --- tabs -------------------------------------------------------------------------------------
  let held = tabs.read(storage);
  const given = asked.query || (new URLSearchParams(location.search).has("name") ? area.value : "");
  if (given || held.tabs.length === 0) held = tabs.opened(held, given || area.value);
  const current = () => held.tabs.find((one) => one.id === held.current) ?? held.tabs[0];
  const list = html("ul", { class: "tabs queries", "aria-label": say("tabs") });
  const store = () => tabs.write(storage, held);

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
    closePanel();
    view = null;
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
  const closePanel = () => {
    panel.replaceChildren();
    for (const one of [sharing, coding]) one.setAttribute("aria-expanded", "false");
  };
  const toggle = (button: HTMLElement, make: () => HTMLElement) => {
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") === "true";
      closePanel();
      if (!open) panel.append(make());
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

  const run = async (first = false) => {
    const query = code.text();
    if (!query.trim()) return;
    running?.abort();
    const own = new AbortController();
    running = own;
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
      await shown.show(query, given, view, (name) => {
        view = name;
        history.replaceState(null, "", address(settings.here, { query, view }) ?? settings.here);
      });
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

  const refuse = (query: string, problem: Problem) => {
    if (problem.line) code.mark(problem.line, problem.column ?? 1, plainly(problem.detail));
    const limited = () => {
      code.set(`${code.text().trimEnd()}\nLIMIT 1000\n`);
      void run();
    };
    results.replaceChildren(refusal(problem, query, settings, say, limited));
  };

  // --- examples and kept queries --------------------------------------------------------------------
  const open = (text: string) => {
    held = tabs.opened(held, text);
    store();
    draw();
    closePanel();
    code.set(text);
    view = null;
    void run();
    form.scrollIntoView({ block: "nearest" });
  };
  for (const link of document.querySelectorAll<HTMLAnchorElement>("#examples a")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      open(state(new URL(link.href).search, "").query);
    });
  }
  kept(settings, say, open, refuse);

  addEventListener("popstate", () => {
    const back = state(location.search, location.hash);
    if (!back.query) return;
    held = tabs.opened(held, back.query);
    store();
    draw();
    code.set(back.query);
    view = back.view;
    void run(true);
  });

  if (asked.query) void run(true);
}
