// Why there is no answer: what happened, where, and what can be done about it.
import { html } from "../charts/draw";
import type { Problem } from "./ask";
import type { Say, Settings } from "./said";

/** What is wrong, without its place, which is shown beside it. */
export function plainly(detail: string): string {
  const [words = ""] = detail.replace(/^line \d+, column \d+: /, "").split("❱");
  return detail.includes("❱") ? words.slice(0, words.lastIndexOf(": ")) : words;
}

/** A box with a heading. */
export function notice(title: string, ...more: (Node | null)[]): HTMLElement {
  return html(
    "div",
    { class: "notice", role: "group", "aria-label": title },
    html("h2", {}, title),
    ...more,
  );
}

const TITLES: Record<string, string> = {
  max_rows: "too_large",
  max_bytes: "too_large",
  timeout: "timeout",
  memory: "memory",
};

/** The line of a query with what is wrong in it marked. */
function marked(query: string, line: number, column: number, say: Say): HTMLElement {
  const signs = [...(query.split("\n")[line - 1] ?? "")];
  const rest = signs.slice(column - 1).join("");
  const wrong = /^[\w?$:-]+|^\S/.exec(rest)?.[0] ?? "";
  return html(
    "pre",
    { tabindex: 0, role: "region", "aria-label": say("line") },
    html("span", { class: "no" }, String(line)),
    signs.slice(0, column - 1).join(""),
    html("mark", { class: "err" }, wrong || " "),
    rest.slice(wrong.length),
  );
}

/** What is shown for a problem; `limited` runs the same query with a LIMIT. */
export function refusal(
  problem: Problem,
  query: string,
  settings: Settings,
  say: Say,
  limited: () => void,
): HTMLElement {
  const { line, column = 1, limit, status } = problem;
  const detail = html("p", { lang: "en" }, plainly(problem.detail));
  if (line) {
    const title = say("place", { line, column });
    return notice(
      title,
      detail,
      marked(query, line, column, say),
      html("p", {}, say("nothing_run")),
    );
  }
  const name = TITLES[limit ?? ""];
  if (!name) {
    const busy = status === 503 || status === 429;
    const title = busy ? "busy" : status === 403 ? "reads" : "refused";
    return notice(say(title), detail, html("p", {}, say(busy ? "again" : "nothing_run")));
  }
  const button = html("button", { type: "button", class: "btn" }, say("add_limit"));
  button.addEventListener("click", limited);
  const downloads = html("a", { href: `/${settings.lang}/data`, class: "btn" }, say("downloads"));
  const helps = name === "too_large" && !/\bLIMIT\s+\d+\s*$/i.test(query);
  return notice(
    say(name),
    detail,
    html("p", {}, say("whole"), " ", say("narrow")),
    html("div", { class: "runbar" }, helps && button, downloads),
  );
}
