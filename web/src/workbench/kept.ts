// Queries that are kept with the project: opened with their values, which a form under their name has.
import { html } from "../charts/draw";
import type { Problem } from "./ask";
import type { Question, Say, Settings } from "./said";

type Parameters = Question["parameters"];
const WRITTEN = ["date", "text", "integer", "number"];

interface Found {
  suggestions: { label: string; curie: string }[];
}

/** Let the links of kept queries open them in the editor. */
export function kept(
  settings: Settings,
  say: Say,
  open: (text: string) => void,
  refuse: (text: string, problem: Problem) => void,
): void {
  const fill = async (question: Question, values: Record<string, string>) => {
    const fields = new URLSearchParams(values);
    if (question.parameters.some((one) => one.type === "language"))
      fields.set("lang", settings.lang);
    const found = await fetch(`${settings.queries}/${question.name}.rq?${fields}`);
    const text = await found.text();
    if (found.ok) open(text);
    else refuse("", { ...(JSON.parse(text) as Problem), status: found.status });
  };

  const form = (question: Question, parameters: Parameters): HTMLFormElement => {
    const made = html("form", { class: "stackform", "aria-label": say("parameters") });
    for (const one of parameters) {
      const input = html("input", { name: one.name, value: one.default, autocomplete: "off" });
      const label = html(
        "label",
        { class: "field" },
        html("span", {}, one.label || one.name),
        input,
      );
      made.append(label);
      if (!WRITTEN.includes(one.type)) suggest(label, input, one.type, settings);
    }
    made.append(html("button", { class: "btn" }, say("begin")));
    made.addEventListener("submit", (event) => {
      event.preventDefault();
      const given = [...new FormData(made)].map(([name, value]) => [name, String(value)]);
      void fill(question, Object.fromEntries(given));
    });
    return made;
  };

  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-query]")) {
    const question = settings.questions.find((one) => one.name === link.getAttribute("data-query"));
    if (!question) continue;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.querySelector(".bench .stackform")?.remove();
      const parameters = question.parameters.filter((one) => one.type !== "language");
      if (parameters.length) link.closest("li")?.append(form(question, parameters));
      void fill(question, Object.fromEntries(parameters.map((one) => [one.name, one.default])));
    });
  }
}

/** Offer the things that a beginning may mean. */
function suggest(
  label: HTMLElement,
  input: HTMLInputElement,
  type: string,
  settings: Settings,
): void {
  const options = html("datalist", { id: `of-${input.name}` });
  label.append(options);
  input.setAttribute("list", options.id);
  input.addEventListener("input", async (event) => {
    if ((event as InputEvent).isComposing || !input.value.trim()) return;
    const fields = new URLSearchParams({ q: input.value, lang: settings.lang, limit: "8" });
    if (type !== "iri") fields.set("type", type);
    const found = await fetch(`${settings.suggest}?${fields}`).catch(() => null);
    if (!found?.ok) return;
    const { suggestions } = (await found.json()) as Found;
    options.replaceChildren(
      ...suggestions.map((one) => html("option", { value: one.curie, label: one.label })),
    );
  });
}
