// The queries that somebody works on, kept in the browser and nowhere else.

export interface Tab {
  id: number;
  text: string;
}

export interface Kept {
  tabs: Tab[];
  current: number;
}

const KEY = "comity.workbench";
const MOST = 20;

/** What is kept; nothing where the browser keeps nothing or something else. */
export function read(storage: Storage | null): Kept {
  try {
    const found: unknown = JSON.parse(storage?.getItem(KEY) ?? "null");
    if (isKept(found)) return found;
  } catch {
    // not ours, or refused
  }
  return { tabs: [], current: 0 };
}

export function write(storage: Storage | null, kept: Kept): void {
  try {
    storage?.setItem(KEY, JSON.stringify(kept));
  } catch {
    // full, or refused: the query stays in the page
  }
}

function isKept(found: unknown): found is Kept {
  const one = found as Kept | null;
  return (
    typeof one === "object" &&
    one !== null &&
    Array.isArray(one.tabs) &&
    one.tabs.every((tab) => typeof tab.id === "number" && typeof tab.text === "string") &&
    typeof one.current === "number"
  );
}

/** With a query in a tab of its own, or in the one that has it already. */
export function opened(kept: Kept, text: string): Kept {
  const same = kept.tabs.find((tab) => tab.text.trim() === text.trim());
  if (same) return { ...kept, current: same.id };
  const id = Math.max(0, ...kept.tabs.map((tab) => tab.id)) + 1;
  return { tabs: [...kept.tabs, { id, text }].slice(-MOST), current: id };
}

/** Without a tab; the one beside it is current then. */
export function closed(kept: Kept, id: number): Kept {
  const at = kept.tabs.findIndex((tab) => tab.id === id);
  const tabs = kept.tabs.filter((tab) => tab.id !== id);
  if (kept.current !== id) return { ...kept, tabs };
  return { tabs, current: (tabs[at] ?? tabs[at - 1])?.id ?? 0 };
}

export function changed(kept: Kept, id: number, text: string): Kept {
  return { ...kept, tabs: kept.tabs.map((tab) => (tab.id === id ? { id, text } : tab)) };
}

/** What a tab is called: by the first comment that says something, else by its number. */
export function name(tab: Tab, fallback: string): string {
  for (const line of tab.text.split("\n")) {
    const said = /^\s*#\+?\s*(?:summary:\s*)?(.+)$/.exec(line)?.[1]?.trim();
    if (said && !/^defaultView\s*:/i.test(said)) return said;
    if (line.trim() && !line.trim().startsWith("#")) break;
  }
  return `${fallback} ${tab.id}`;
}
