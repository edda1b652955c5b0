// The editor. It stands in a shadow root, where its styles are sheets that the page's policy allows.
import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import {
  bracketMatching,
  HighlightStyle,
  StreamLanguage,
  syntaxHighlighting,
} from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completions } from "./completion";
import type { Say, Settings } from "./said";

export interface Editor {
  text(): string;
  set(text: string): void;
  mark(line: number, column: number, message: string): void;
  focus(): void;
}

const THEME = EditorView.theme({
  "&": {
    color: "var(--ink)",
    backgroundColor: "var(--paper)",
    fontSize: "0.9063rem",
    minHeight: "inherit",
  },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--voice-machine)", lineHeight: "1.6" },
  ".cm-content": { padding: "0.75rem 0", caretColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--paper)", color: "var(--ink-3)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { boxShadow: "inset 3px 0 var(--rule)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    {
      background: "var(--accent-soft)",
    },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--accent-soft)",
    outline: "1px solid var(--edge)",
  },
  "&.cm-focused .cm-nonmatchingBracket": {
    backgroundColor: "transparent",
    textDecoration: "underline wavy",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--paper)",
    color: "var(--ink)",
    border: "1px solid var(--edge)",
    fontFamily: "var(--voice-comity)",
    fontSize: "0.875rem",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--voice-comity)",
    maxHeight: "18rem",
    maxWidth: "min(46rem, 92vw)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    padding: "0.2rem 0.6rem",
    whiteSpace: "normal",
    lineHeight: "1.4",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    background: "var(--ink)",
    color: "var(--paper)",
  },
  ".cm-completionLabel": { fontFamily: "var(--voice-machine)" },
  ".cm-completionDetail": { fontStyle: "normal", marginLeft: "0.75em", opacity: "1" },
  ".cm-completionIcon": { display: "none" },
  ".cm-completionInfo": { maxWidth: "22rem", padding: "0.4rem 0.6rem", lineHeight: "1.45" },
  ".cm-diagnostic": { borderLeft: "4px solid var(--ink)", padding: "0.3rem 0.6rem" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy 1.5px",
    textUnderlineOffset: "0.25em",
    fontWeight: "700",
  },
});

// ink and weight, not colours: the accent means a place in a source
const STYLE = HighlightStyle.define([
  { tag: tags.keyword, fontWeight: "700" },
  { tag: tags.comment, color: "var(--ink-3)", fontStyle: "italic" },
  { tag: tags.string, color: "var(--ink-2)" },
  { tag: [tags.atom, tags.namespace], color: "var(--ink-2)" },
  { tag: tags.variableName, color: "var(--ink)" },
]);

// Chromium itself gives what is typed over several lines a style attribute, which the pages' policy
// forbids and the console then tells: so the document is changed here, and not by the browser.
const TYPED_OVER = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { main } = view.state.selection;
    const lines = view.state.doc.lineAt(main.from).to < main.to;
    if (event.inputType !== "insertText" || !event.data || !lines || view.composing) {
      return false;
    }
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type" });
    return true;
  },
});

export function editor(
  host: HTMLElement,
  text: string,
  settings: Settings,
  say: Say,
  events: { run(): void; change(text: string): void },
): Editor {
  const root = host.attachShadow({ mode: "open" });
  const changes = new Compartment();
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        StreamLanguage.define(sparql),
        syntaxHighlighting(STYLE),
        autocompletion({
          override: [completions(settings, say)],
          icons: false,
          interactionDelay: 30,
        }),
        EditorView.lineWrapping,
        TYPED_OVER,
        THEME,
        EditorView.contentAttributes.of({
          "aria-label": say("editor"),
          "aria-description": say("help"),
          spellcheck: "false",
          autocapitalize: "off",
          translate: "no",
        }),
        // Tab leaves the field, as everywhere else
        keymap.of([
          {
            key: "Mod-Enter",
            preventDefault: true,
            run: () => {
              events.run();
              return true;
            },
          },
          ...completionKeymap,
          ...defaultKeymap,
          ...historyKeymap,
        ]),
        changes.of(
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            events.change(update.state.doc.toString());
          }),
        ),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    set(next) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
      view.dispatch(setDiagnostics(view.state, []));
    },
    mark(line, column, message) {
      const its = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      // columns count code points, the editor counts UTF-16
      const before = [...its.text].slice(0, Math.max(0, column - 1)).join("").length;
      const from = Math.min(its.from + before, its.to);
      const word = /^[\w?$:-]+|^\S/.exec(view.state.sliceDoc(from, its.to));
      const to = Math.min(from + (word?.[0].length ?? 1), view.state.doc.length);
      const shown = { from: Math.min(from, to), to, severity: "error" as const, message };
      view.dispatch(setDiagnostics(view.state, [shown]));
      view.dispatch({ effects: EditorView.scrollIntoView(from, { y: "nearest" }) });
    },
    focus: () => view.focus(),
  };
}
