// The table of a result: sorted by a click on a name, filtered by words, a page of rows at a time.
import { html } from "../charts/draw";
import { addressOf, isPlace, type Labels } from "./labels";
import { edtf, number, type Row, type Rows, span, type Term } from "./result";
import type { Say } from "./said";

export const PAGE = 100;
const QUOTED = new Set(["quote", "words"]);

export interface Counted {
  seconds: number;
  truncated: string | null;
}

/** A term as people read it, linked to its page. */
export function shown(term: Term | null, labels: Labels, column: string, say: Say): HTMLElement {
  if (!term) return html("span", { class: "none" }, say("none"));
  const label = labels.of(term);
  const lang = label.lang && label.lang !== labels.lang ? label.lang : undefined;
  if (term.kind === "iri") {
    const address = edtf(term) === null ? addressOf(term.value, labels.lang) : "";
    if (!address) return html("span", { lang, title: term.value }, label.text);
    const name = labels.isNamed(term) ? label.text : html("code", {}, label.text);
    return html(
      "a",
      { href: address, class: isPlace(term.value) ? "cite" : undefined, lang, title: term.value },
      name,
    );
  }
  if (QUOTED.has(column)) {
    return html("q", { class: "words small", lang: term.lang ?? "en" }, term.value);
  }
  return html("span", { lang }, label.text);
}

/** What a cell is compared by: numbers and dates as such, else by what is read. */
function key(term: Term | null, labels: Labels): number | string {
  if (!term) return "";
  const value = number(term);
  if (value !== null) return value;
  const date = edtf(term);
  return (date !== null && span(date)?.from) || labels.of(term).text;
}

export function compare(a: number | string, b: number | string, collator: Intl.Collator): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  // what is missing stands last
  if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;
  return collator.compare(String(a), String(b));
}

/** The rows as lines of tabs, with what is read in them: for a spreadsheet. */
export function tabbed(found: Rows, rows: readonly Row[], labels: Labels): string {
  const cell = (term: Term | null) => (term ? labels.of(term).text : "").replace(/[\t\r\n]+/g, " ");
  return [found.columns.join("\t"), ...rows.map((row) => row.map(cell).join("\t"))].join("\n");
}

export function table(found: Rows, labels: Labels, counted: Counted, say: Say): HTMLElement {
  const collator = new Intl.Collator(labels.lang, { numeric: true });
  const numeric = found.columns.map(
    (_, column) =>
      found.rows.some((row) => row[column]) &&
      found.rows.every((row) => !row[column] || number(row[column]) !== null),
  );
  let sorted: { column: number; down: boolean } | null = null;
  let words = "";
  let first = 0;
  let order: readonly Row[] = found.rows;

  const caption = html("span", { role: "status" });
  const heads = found.columns.map((name, column) => {
    const button = html("button", { type: "button", class: "sort" }, name);
    button.title = say("sort", { name });
    button.addEventListener("click", () => {
      sorted = { column, down: sorted?.column === column && !sorted.down };
      first = 0;
      void refresh();
    });
    return html("th", { scope: "col", class: numeric[column] ? "num" : undefined }, button);
  });
  const body = html("tbody");
  const input = html("input", { type: "search", autocomplete: "off" });
  const copy = html("button", { type: "button", class: "btn" }, say("copy_table"));
  const before = html("button", { type: "button", class: "btn" }, say("before"));
  const after = html("button", { type: "button", class: "btn" }, say("after"));
  const pages = html("div", { class: "runbar" }, before, after);
  const tools = html(
    "div",
    { class: "runbar" },
    html("label", { class: "field inline" }, html("span", {}, say("filter")), input),
    copy,
  );

  const arrange = async () => {
    // what is read decides order and filter, so that all names must be known for them
    if (sorted || words) await labels.learn(found.rows);
    const wanted = words.toLocaleLowerCase();
    order = wanted
      ? found.rows.filter((row) =>
          row.some(
            (term) =>
              term && `${labels.of(term).text} ${term.value}`.toLocaleLowerCase().includes(wanted),
          ),
        )
      : found.rows;
    if (sorted) {
      const { column, down } = sorted;
      const keys = new Map(order.map((row) => [row, key(row[column] ?? null, labels)]));
      order = [...order].sort((a, b) => {
        const way = compare(keys.get(a) ?? "", keys.get(b) ?? "", collator);
        return down ? -way : way;
      });
    }
  };

  const refresh = async () => {
    await arrange();
    const part = order.slice(first, first + PAGE);
    await labels.learn(part);
    body.replaceChildren(
      ...part.map((row) =>
        html(
          "tr",
          {},
          ...row.map((term, column) => {
            const name = found.columns[column] ?? "";
            return html(
              "td",
              { "data-h": name, class: numeric[column] ? "num" : undefined },
              shown(term, labels, name, say),
            );
          }),
        ),
      ),
    );
    for (const [column, head] of heads.entries()) {
      if (sorted?.column === column) {
        head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      } else head.removeAttribute("aria-sort");
    }
    const time = `${counted.seconds.toFixed(counted.seconds < 1 ? 2 : 1)} s`;
    const count = found.rows.length.toLocaleString();
    const more = order.length > PAGE;
    let said = say(found.graph ? "triples" : "complete", { count, time });
    if (counted.truncated) said = say("truncated", { count: counted.truncated });
    else if (words) said = say("matching", { count: order.length, total: count, text: words });
    else if (more) {
      const last = Math.min(first + PAGE, order.length);
      said = say("shown", { count, time, first: first + 1, last });
    }
    caption.textContent = said;
    pages.hidden = !more;
    before.disabled = first === 0;
    after.disabled = first + PAGE >= order.length;
  };

  input.addEventListener("input", (event) => {
    if ((event as InputEvent).isComposing) return;
    words = input.value.trim();
    first = 0;
    void refresh();
  });
  input.addEventListener("compositionend", () => {
    words = input.value.trim();
    first = 0;
    void refresh();
  });
  before.addEventListener("click", () => {
    first = Math.max(0, first - PAGE);
    void refresh();
  });
  after.addEventListener("click", () => {
    first += PAGE;
    void refresh();
  });
  copy.addEventListener("click", async () => {
    await labels.learn(order);
    await copied(tabbed(found, order, labels), copy, say);
  });
  void refresh();
  return html(
    "div",
    {},
    tools,
    html(
      "div",
      { class: "tablewrap" },
      html(
        "table",
        { class: "table stack results" },
        html("caption", {}, caption),
        html("thead", {}, html("tr", {}, ...heads)),
        body,
      ),
    ),
    pages,
  );
}

/** Put a text on the clipboard, and let the button say so for a while. */
export async function copied(text: string, button: HTMLElement, say: Say): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // an address without encryption: the old way
    const area = html("textarea", { class: "vh", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  const said = button.textContent ?? "";
  button.textContent = say("copied");
  button.setAttribute("aria-live", "polite");
  setTimeout(() => {
    button.textContent = said;
  }, 1500);
}
