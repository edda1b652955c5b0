// The state of the workbench in its address: the query that is asked and the view that is chosen.
import type { View } from "./view";

export interface State {
  query: string;
  view: View | null;
}

const VIEWS: readonly string[] = ["table", "chart", "timeline", "network", "raw"];
/** What an address may have at most: servers and mail programs cut longer ones. */
export const LONGEST = 7000;

/** The address of a state; null where the query is too long for one. */
export function address(here: string, state: State): string | null {
  if (!state.query.trim()) return here;
  const made = `${here}?query=${encodeURIComponent(state.query)}`;
  if (made.length > LONGEST) return null;
  return state.view ? `${made}#${state.view}` : made;
}

/** The state that an address has. */
export function state(search: string, hash: string): State {
  const view = hash.replace(/^#/, "");
  return {
    query: new URLSearchParams(search).get("query") ?? "",
    view: VIEWS.includes(view) ? (view as View) : null,
  };
}

/** The address of the endpoint with a query, in a format. */
export function data(endpoint: string, query: string, format: string): string {
  return `${endpoint}?query=${encodeURIComponent(query)}&format=${format}`;
}
