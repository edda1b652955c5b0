// Texts of the page, which the server writes in its language, and how numbers stand in them.

export interface Question {
  name: string;
  label: string;
  parameters: { name: string; type: string; default: string; label: string }[];
}

export interface Settings {
  lang: "en" | "ja";
  endpoint: string;
  here: string;
  /** Where results stand for pages of others; empty where the owner allows none. */
  embed: string;
  embedded: boolean;
  terms: string;
  suggest: string;
  queries: string;
  bounds: { timeout: number; max_rows: number; max_bytes: number };
  prefixes: Record<string, string>;
  questions: Question[];
  formats: { name: string; title: string; rows: boolean }[];
  texts: Record<string, string>;
}

/** A text with its places filled. */
export function filled(text: string, values: Record<string, string | number> = {}): string {
  return text.replace(/%\((\w+)\)s/g, (whole, name: string) => String(values[name] ?? whole));
}

export type Say = (name: string, values?: Record<string, string | number>) => string;

export function sayer(texts: Record<string, string>): Say {
  return (name, values) => filled(texts[name] ?? name, values);
}
