// Asking the endpoint: one query at a time, ended at the service when nobody waits for it any more.
import { data, LONGEST } from "./address";
import { type Answer, ofJson, ofTriples } from "./result";

export interface Problem {
  status: number;
  detail: string;
  line?: number;
  column?: number;
  limit?: string;
}

export interface Given {
  answer: Answer;
  /** The document as it came. */
  raw: string;
  seconds: number;
  truncated: string | null;
}

/** A query without an answer, and why. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

const ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9";

/** Fetch a query's answer; short ones by GET, whose answers caches keep. */
export function request(
  endpoint: string,
  query: string,
  accept: string,
  signal?: AbortSignal,
): Promise<Response> {
  const headers = { accept };
  const short = `${endpoint}?query=${encodeURIComponent(query)}`;
  if (short.length <= LONGEST) return fetch(short, { headers, signal: signal ?? null });
  return fetch(endpoint, {
    method: "POST",
    headers,
    body: new URLSearchParams({ query }),
    signal: signal ?? null,
  });
}

/** The answer to a query; Refused where there is none. */
export async function ask(endpoint: string, query: string, signal: AbortSignal): Promise<Given> {
  const started = performance.now();
  const answer = await request(endpoint, query, ACCEPT, signal);
  const raw = await answer.text();
  if (!answer.ok) throw new Refused(problem(raw, answer.status));
  const graph = (answer.headers.get("content-type") ?? "").includes("n-triples");
  return {
    answer: graph ? ofTriples(raw) : ofJson(raw),
    raw,
    seconds: (performance.now() - started) / 1000,
    truncated: answer.headers.get("comity-truncated"),
  };
}

function problem(raw: string, status: number): Problem {
  try {
    return { ...(JSON.parse(raw) as Problem), status };
  } catch {
    return { status, detail: raw.slice(0, 500) };
  }
}

/** The result in a format, as a file that the browser saves. */
export async function save(endpoint: string, query: string, format: string): Promise<void> {
  const link = document.createElement("a");
  const short = data(endpoint, query, format);
  let object = "";
  if (short.length > LONGEST) {
    const fields = new URLSearchParams({ query, format });
    const answer = await fetch(endpoint, { method: "POST", body: fields });
    if (!answer.ok) throw new Refused(problem(await answer.text(), answer.status));
    object = URL.createObjectURL(await answer.blob());
  }
  link.href = object || short;
  link.download = `comity.${format}`;
  link.click();
  if (object) URL.revokeObjectURL(object);
}
