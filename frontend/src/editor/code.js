// The editor for SPARQL. It lives in a shadow root: there its styles are style sheets of their own, which the policy
// of the pages allows, where it would otherwise write style elements.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { complete } from "./complete.js";

const language = StreamLanguage.define(sparql);
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.standard(tags.variableName), tags.variableName], color: "var(--ink)" },
  { tag: tags.special(tags.variableName), color: "var(--open)" },
  { tag: tags.atom, color: "var(--said)" },
  { tag: [tags.string, tags.literal], color: "var(--done)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
  { tag: tags.meta, color: "var(--said)" },
]);
const look = EditorView.theme({
  "&": { fontSize: ".9375rem", border: "1px solid var(--quiet)", backgroundColor: "var(--shade)", color: "var(--ink)" },
  "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: 'ui-monospace, "DejaVu Sans Mono", monospace', lineHeight: "1.5", maxHeight: "26rem" },
  ".cm-content": { minHeight: "14rem", caretColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--quiet)", border: "none" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent)",
  },
  ".cm-matchingBracket": { backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)" },
  ".cm-error-line": { backgroundColor: "color-mix(in srgb, var(--warn) 14%, transparent)" },
  ".cm-error-here": { textDecoration: "underline wavy var(--warn)", textUnderlineOffset: "3px" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--quiet)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--paper)" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: ".8", marginInlineStart: "1em" },
  ".cm-completionInfo": { maxWidth: "24rem", fontFamily: "inherit" },
  ".cm-panels": { backgroundColor: "var(--shade)", color: "var(--ink)" },
});

// A browser that types over a selection keeps its look with a style attribute, which the policy refuses and tells of.
const typeOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { state } = view;
    if (event.inputType !== "insertText" || !event.data || view.composing || state.selection.main.empty) return false;
    // Brackets and quotation marks go around what is selected, which is done elsewhere.
    if (/^[([{"'<]$/.test(event.data)) return false;
    view.dispatch(state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    event.preventDefault();
    return true;
  },
});

const setError = StateEffect.define();
const errors = StateField.define({
  create: () => Decoration.none,
  update(marks, change) {
    for (const effect of change.effects) if (effect.is(setError)) return effect.value;
    return change.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/**
 * Put an editor in the place of a text field, with which it keeps in step.
 * @param host where it goes.
 * @param field the text field.
 * @param options `label` and `help` for who cannot see it, and what `run` does.
 */
export function openEditor(host, field, { label, help, run }) {
  const root = host.attachShadow({ mode: "open" });
  const keys = [{ key: "Mod-Enter", run: () => (run(), true), preventDefault: true }];
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: field.value,
      extensions: [
        keymap.of([...keys, ...closeBracketsKeymap, ...completionKeymap, ...searchKeymap, ...historyKeymap]),
        keymap.of(defaultKeymap),
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        autocompletion({ override: [complete], icons: false }),
        language,
        syntaxHighlighting(colours),
        look,
        errors,
        typeOver,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, "aria-description": help, tabindex: "0", dir: "ltr", lang: "en" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) field.value = update.state.doc.toString();
        }),
      ],
    }),
  });
  host.hidden = false;
  field.hidden = true;
  return new Editor(view);
}

class Editor {
  constructor(view) {
    this.view = view;
  }

  get text() {
    return this.view.state.doc.toString();
  }

  focus() {
    this.view.focus();
  }

  /** Mark where an error is, and go there. */
  showError(line, column) {
    const { doc } = this.view.state;
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const from = Math.min(at.from + Math.max(column - 1, 0), at.to);
    const marks = [Decoration.line({ class: "cm-error-line" }).range(at.from)];
    const word = /^\S+/.exec(doc.sliceString(from, at.to))?.[0].length ?? 0;
    if (word) marks.push(Decoration.mark({ class: "cm-error-here" }).range(from, from + word));
    this.view.dispatch({
      effects: [setError.of(Decoration.set(marks)), EditorView.scrollIntoView(from, { y: "center" })],
      selection: { anchor: from },
    });
  }

  clearError() {
    this.view.dispatch({ effects: setError.of(Decoration.none) });
  }
}
