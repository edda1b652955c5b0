// Suggestions under a search field: a combobox with a list (WAI-ARIA Authoring Practices), which
// leaves the field alone while an input method composes a word.

export interface Suggestion {
  label: string;
  url: string | null;
  iri: string;
  reason?: string;
}

/** How long to wait after a key, in milliseconds: one request a pause, not one a letter. */
const PAUSE = 120;
let lists = 0;

/** The address that answers a beginning, in the language of the page. */
export function address(text: string, lang: string): string {
  return `/search/suggest?${new URLSearchParams({ q: text, lang, limit: "8" })}`;
}

/** The page of a suggestion, in the language of the page. */
export function page(one: Suggestion, lang: string): string {
  const local = one.url ?? `/search?${new URLSearchParams({ q: one.label })}`;
  return `/${lang}${local.replace(/^\/(?=(id|topic|source|graph|ontology)\b)/, "/page/")}`;
}

async function ask(text: string, lang: string, signal: AbortSignal): Promise<Suggestion[]> {
  const answer = await fetch(address(text, lang), {
    signal,
    headers: { accept: "application/json" },
  });
  if (!answer.ok) return [];
  const body = (await answer.json()) as { suggestions: Suggestion[] };
  return body.suggestions;
}

/** Let a search field suggest things while somebody types. */
export function suggestions(input: HTMLInputElement): void {
  const lang = document.documentElement.lang === "ja" ? "ja" : "en";
  const list = document.createElement("ul");
  lists += 1;
  list.id = `suggestions-${lists}`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  const label = input.labels?.[0]?.textContent ?? input.getAttribute("aria-label");
  if (label) list.setAttribute("aria-label", label);
  list.hidden = true;
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  input.autocomplete = "off";
  input.after(list);

  let shown: Suggestion[] = [];
  let chosen = -1;
  let timer = 0;
  let running: AbortController | null = null;

  const choose = (index: number) => {
    chosen = index;
    for (const [at, item] of [...list.children].entries()) {
      item.setAttribute("aria-selected", String(at === index));
    }
    const item = list.children[index];
    if (item) {
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView?.({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  };

  const show = (found: Suggestion[]) => {
    shown = found;
    list.replaceChildren(
      ...found.map((one, at) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${at}`;
        item.setAttribute("role", "option");
        item.textContent = one.label;
        item.addEventListener("pointerdown", (event) => {
          // before the field loses focus and the list closes
          event.preventDefault();
          open(at);
        });
        return item;
      }),
    );
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    choose(-1);
  };

  const open = (at: number) => {
    const one = shown[at];
    if (one) location.assign(page(one, lang));
  };

  const refresh = async () => {
    running?.abort();
    const text = input.value.trim();
    if (!text) {
      close();
      return;
    }
    running = new AbortController();
    try {
      const found = await ask(text, lang, running.signal);
      if (document.activeElement === input) show(found);
    } catch {
      // a newer request took its place, or the network is gone: the form still works
    }
  };

  const soon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(refresh, PAUSE);
  };

  input.addEventListener("input", (event) => {
    if (!(event as InputEvent).isComposing) soon();
  });
  input.addEventListener("compositionend", soon);
  input.addEventListener("keydown", (event) => {
    // Enter, arrows and Escape belong to the input method while it composes; the key that ends a
    // composition comes after its end in Safari, and is told by its code
    if (event.isComposing || event.keyCode === 229 || list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const count = shown.length + 1;
      choose(((chosen + 1 + (event.key === "ArrowDown" ? 1 : count - 1)) % count) - 1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      open(chosen);
    }
  });
  input.addEventListener("blur", close);
}
