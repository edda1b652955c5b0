// What a citation label leads to, shown beside it while it is pointed at or has the focus: the
// place and the words of its claims. The link itself does the same with one more step.

/** How long a pointer rests before anything is shown, and how long it may take to reach it. */
const REST = 250;
const GRACE = 200;
/** How many quotations stand in a preview. */
const MOST = 4;

export interface Preview {
  title: string;
  words: string[];
}

function text(element: Element): string {
  const copy = element.cloneNode(true) as Element;
  for (const mark of copy.querySelectorAll("sup, .vh")) mark.remove();
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}

/** The place and the words of a page of the reader; of one claim only, if the address names one. */
export function read(page: Document, fragment: string): Preview {
  const name = fragment && CSS.escape(fragment);
  const target = fragment ? page.getElementById(fragment) : null;
  const own = name ? page.querySelectorAll(`mark:has(a[href$="#${name}"]), #${name} .words`) : [];
  const inside = target?.querySelectorAll("mark, .words") ?? [];
  const all = page.querySelectorAll("main mark, main .words");
  const found = [own, inside, all].find((some) => some.length > 0) ?? [];
  const words = [...found].map(text).filter((one) => one !== "");
  return {
    title: text(page.querySelector("h1") ?? page.createElement("p")),
    words: [...new Set(words)].slice(0, MOST),
  };
}

/** Whether a link leads to a place in a source whose words do not stand beside it already. */
export function leads(link: HTMLAnchorElement): boolean {
  const there = new URL(link.href, document.baseURI);
  if (there.origin !== location.origin || !there.pathname.includes("/page/source/")) return false;
  return there.pathname !== location.pathname && link.closest(".claim > .place") === null;
}

/** Let citation labels show where they lead. */
export function previews(root: HTMLElement): void {
  const known = new Map<string, Promise<Document | null>>();
  const box = document.createElement("div");
  box.className = "preview";
  box.id = "preview";
  box.setAttribute("role", "tooltip");
  box.hidden = true;
  (root.querySelector("main") ?? root).append(box);
  let shown: HTMLAnchorElement | null = null;
  let timer = 0;

  const load = (address: string) => {
    let page = known.get(address);
    if (!page) {
      page = fetch(address, { headers: { accept: "text/html" } })
        .then(async (answer) =>
          answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null,
        )
        .catch(() => null);
      known.set(address, page);
    }
    return page;
  };

  const hide = () => {
    window.clearTimeout(timer);
    box.hidden = true;
    shown?.removeAttribute("aria-describedby");
    shown = null;
  };

  const place = (link: HTMLAnchorElement) => {
    const at = link.getBoundingClientRect();
    const wide = document.documentElement.clientWidth;
    box.style.left = `${Math.max(16, Math.min(at.left, wide - box.offsetWidth - 16)) + scrollX}px`;
    const below = at.bottom + 6;
    const fits = below + box.offsetHeight < innerHeight || at.top < box.offsetHeight + 12;
    box.style.top = `${(fits ? below : at.top - box.offsetHeight - 6) + scrollY}px`;
  };

  const show = async (link: HTMLAnchorElement) => {
    const there = new URL(link.href, document.baseURI);
    const fragment = decodeURIComponent(there.hash.slice(1));
    const wanted = link;
    shown?.removeAttribute("aria-describedby");
    shown = link;
    const page = await load(there.pathname + there.search);
    if (shown !== wanted || !page) return;
    const { title, words } = read(page, fragment);
    if (words.length === 0) return;
    const lines = words.map((one) => {
      const quote = document.createElement("p");
      quote.className = "words";
      quote.lang = /[\u3040-\u30ff\u3400-\u9fff]/.test(one) ? "ja" : "en";
      quote.textContent = one;
      return quote;
    });
    const head = document.createElement("p");
    head.className = "title";
    head.textContent = title;
    box.replaceChildren(head, ...lines);
    box.hidden = false;
    place(link);
    link.setAttribute("aria-describedby", box.id);
  };

  const soon = (what: () => void, wait: number) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(what, wait);
  };

  const link = (event: Event) => {
    const found = event.target instanceof Element ? event.target.closest("a.cite") : null;
    return found instanceof HTMLAnchorElement && leads(found) ? found : null;
  };

  root.addEventListener("pointerover", (event) => {
    const found = link(event);
    if (event.pointerType === "touch") return;
    if (found && found !== shown) soon(() => void show(found), REST);
    else if (found || (event.target instanceof Node && box.contains(event.target)))
      window.clearTimeout(timer);
    else if (shown && document.activeElement !== shown) soon(hide, GRACE);
    else if (!shown) window.clearTimeout(timer);
  });
  root.addEventListener("focusin", (event) => {
    const found = link(event);
    if (found?.matches(":focus-visible")) {
      // at once: the page may scroll under a resting pointer, which would take a wait back
      window.clearTimeout(timer);
      void show(found);
    } else if (shown) hide();
  });
  root.addEventListener("focusout", () => {
    if (shown) soon(hide, GRACE);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown) hide();
  });
}
