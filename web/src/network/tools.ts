// What stands around the picture: search, buttons, the list of all things, the range of dates.
import { html } from "../charts/draw";
import { langOf } from "./evidence";
import type { Thing } from "./model";
import { found } from "./shown";
import type { Doing } from "./state";
import type { Say } from "./texts";

const OFFERED = 8;

export function button(text: string, act: () => void, label?: string): HTMLButtonElement {
  const made = html("button", { type: "button", class: "btn", "aria-label": label }, text);
  made.addEventListener("click", act);
  return made;
}

/** What may be done with a thing, by the names of the page's texts: a button each. */
export function own(say: Say, acts: Record<string, () => void>): HTMLElement {
  const buttons = Object.entries(acts).map(([name, act]) => button(say(name), act));
  return html(
    "p",
    { class: "net-own" },
    ...buttons.flatMap((one, nth) => (nth ? [" ", one] : [one])),
  );
}

/** A list of things to choose from, each a button. */
function offer(some: readonly Thing[], lang: string, choose: (one: Thing) => void): HTMLElement[] {
  return some.map((one) => {
    const its = html(
      "button",
      { type: "button", class: "net-link", lang: langOf(one.label, lang) },
      one.label,
    );
    its.addEventListener("click", () => choose(one));
    return html("li", {}, its);
  });
}

export interface Search {
  element: HTMLElement;
  /** Which things are sought now; null where none are. */
  renew(): void;
}

/** A field that offers the things whose names have what is typed. */
export function search(
  things: () => readonly Thing[],
  lang: string,
  say: Say,
  choose: (one: Thing) => void,
): Search {
  const input = html("input", {
    type: "search",
    id: "net-search",
    autocomplete: "off",
    "aria-controls": "net-found",
  });
  const list = html("ul", { class: "net-offer", id: "net-found", hidden: true });
  const count = html("span", { class: "vh", role: "status" });
  let composing = false;
  const take = (one: Thing) => {
    choose(one);
    list.hidden = true;
  };
  const renew = () => {
    const text = input.value.trim();
    const some = text ? found(things(), text, lang) : [];
    list.replaceChildren(...offer(some.slice(0, OFFERED), lang, take));
    if (text && some.length === 0) list.append(html("li", { class: "say" }, say("none_found")));
    list.hidden = !text;
    count.textContent = text ? say("found", { count: some.length }) : "";
  };
  input.addEventListener("compositionstart", () => {
    composing = true;
  });
  input.addEventListener("compositionend", () => {
    composing = false;
    renew();
  });
  input.addEventListener("input", () => {
    if (!composing) renew();
  });
  input.addEventListener("keydown", (event) => {
    if (composing || event.isComposing) return;
    const first = list.querySelector<HTMLButtonElement>("button");
    if (event.key === "Enter" && first) first.click();
    else if (event.key === "ArrowDown" && first) first.focus();
    else if (event.key === "Escape") list.hidden = true;
    else return;
    event.preventDefault();
  });
  list.addEventListener("keydown", (event) => {
    const all = [...list.querySelectorAll<HTMLButtonElement>("button")];
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === "ArrowDown") all[Math.min(at + 1, all.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (at > 0 ? all[at - 1] : input)?.focus();
    else if (event.key === "Escape") {
      list.hidden = true;
      input.focus();
    } else return;
    event.preventDefault();
  });
  const element = html(
    "div",
    { class: "field" },
    html("label", { for: "net-search" }, say("search")),
    input,
    list,
    count,
  );
  element.addEventListener("focusout", (event) => {
    if (!element.contains(event.relatedTarget as Node | null)) list.hidden = true;
  });
  return { element, renew };
}

/** All things that are shown, by name. */
export function all(
  lang: string,
  say: Say,
  choose: (one: Thing) => void,
): { element: HTMLDetailsElement; renew(things: readonly Thing[]): void } {
  const summary = html("summary", {});
  const list = html("ul", { class: "net-all" });
  const element = html("details", { class: "evidence" }, summary, list);
  let known: readonly Thing[] = [];
  const fill = () => {
    if (element.open) list.replaceChildren(...offer(found(known, "", lang), lang, choose));
  };
  element.addEventListener("toggle", fill);
  return {
    element,
    renew(things) {
      known = things;
      summary.textContent = say("all", { count: things.length });
      fill();
    },
  };
}

/** Two sliders over the months of the ties, and whether ties without a date stay. */
export function time(
  months: readonly string[],
  lang: string,
  say: Say,
  change: (part: Partial<Doing>) => void,
): { element: HTMLElement; renew(doing: Doing): void } {
  const last = months.length - 1;
  const written = new Intl.DateTimeFormat(lang, {
    year: "numeric",
    month: "long",
    timeZone: "UTC",
  });
  const name = (at: number) => written.format(new Date(`${months[at]}-01T00:00:00Z`));
  const slider = (id: string, label: string) => {
    const input = html("input", { type: "range", id, min: 0, max: last, step: 1 });
    const output = html("output", { for: id });
    const element = html(
      "div",
      { class: "field" },
      html("label", { for: id }, label, " ", output),
      input,
    );
    const set = (at: number) => {
      input.value = String(at);
      output.textContent = name(at);
      input.setAttribute("aria-valuetext", name(at));
    };
    return { element, input, set };
  };
  const from = slider("net-since", say("since"));
  const until = slider("net-until", say("until"));
  const undated = html("input", { type: "checkbox", id: "net-undated" });
  const bounds = (): Partial<Doing> => {
    const [a, b] = [Number(from.input.value), Number(until.input.value)];
    return {
      from: a === 0 ? "" : (months[a] ?? ""),
      until: b === last ? "" : (months[b] ?? ""),
      undated: undated.checked,
    };
  };
  from.input.addEventListener("input", () => {
    if (Number(from.input.value) > Number(until.input.value)) until.set(Number(from.input.value));
    from.set(Number(from.input.value));
  });
  until.input.addEventListener("input", () => {
    if (Number(until.input.value) < Number(from.input.value)) from.set(Number(until.input.value));
    until.set(Number(until.input.value));
  });
  for (const one of [from.input, until.input, undated]) {
    one.addEventListener("change", () => change(bounds()));
  }
  const element = html(
    "fieldset",
    { class: "net-time" },
    html("legend", {}, say("time")),
    from.element,
    until.element,
    html("label", { class: "net-check", for: "net-undated" }, undated, say("undated")),
  );
  return {
    element,
    renew(doing) {
      const at = (month: string, none: number) => {
        const nth = months.findIndex((one) => one >= month);
        return month ? (nth < 0 ? last : nth) : none;
      };
      from.set(at(doing.from, 0));
      until.set(at(doing.until, last));
      undated.checked = doing.undated;
    },
  };
}
