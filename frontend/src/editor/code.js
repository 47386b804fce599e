// The editor for SPARQL: YASQE, the editing pane of YASGUI. Nothing is kept in the browser, and no other host is asked.
import { Yasqe } from "@zazuko/yasqe";
import "./code.css";
import { completer } from "./complete.js";
import { problemOf } from "./grammar.js";
import { page, say } from "./terms.js";

// YASQE's grammar, which here knows the prefixes of the service without a declaration, and indents below `a` too.
Yasqe.defineMode("sparql-here", (config) => {
  const mode = Yasqe.getMode(config, "sparql11");
  return {
    ...mode,
    startState: () => ({ ...mode.startState(), prefixes: { ...page.prefixes } }),
    token(stream, state) {
      const style = mode.token(stream, state);
      if (stream.current() === "a") state.lastPredicateOffset = stream.start;
      return style;
    },
  };
});
Yasqe.registerAutocompleter(completer, false);
// Those of YASQE for prefixes, classes and properties would ask prefix.cc and Linked Open Vocabularies.
Yasqe.defaults.autocompleters = ["variables", completer.name];

/**
 * Put an editor in the place of a text field, with which it keeps in step.
 * @param host where it goes.
 * @param field the text field.
 * @param help the element below that says how to use it, and what is wrong with the query as it is typed.
 * @param label what it is called for who cannot see it.
 * @param run what Ctrl+Enter does.
 */
export function openEditor(host, field, { help, label, run }) {
  host.hidden = false;
  const keys = { "Ctrl-Enter": run, "Cmd-Enter": run, "Ctrl-S": false, Esc: false, Tab: false, "Shift-Tab": false };
  const yasqe = new Yasqe(host, {
    value: field.value,
    mode: "sparql-here",
    extraKeys: keys,
    inputStyle: "contenteditable", // so that screen readers find the text
    screenReaderLabel: label,
    viewportMargin: Infinity, // so that the browser finds words in all of it
    editorHeight: null,
    persistenceId: null,
    consumeShareLink: null,
    createShareableLink: null,
    showQueryButton: false,
    resizeable: false,
    hintConfig: { container: host },
  });
  const input = yasqe.getInputField();
  const about = { role: "textbox", "aria-multiline": "true", "aria-describedby": help.id, lang: "en", dir: "ltr" };
  for (const [name, value] of Object.entries(about)) input.setAttribute(name, value);
  input.addEventListener("beforeinput", (event) => insert(yasqe, event));
  field.hidden = true;
  return new Editor(yasqe, field, help);
}

/** Put in what comes without a key, from an input method or by voice: CodeMirror looks for it later, and by then may have drawn the line anew. */
function insert(yasqe, event) {
  if (event.inputType !== "insertText" || !event.data || event.isComposing) return;
  event.preventDefault();
  yasqe.replaceSelection(event.data, null, "+input");
}

class Editor {
  constructor(yasqe, field, help) {
    this.yasqe = yasqe;
    this.field = field;
    this.help = help;
    this.howTo = help.textContent;
    yasqe.addKeyMap({ "Shift-Ctrl-F": () => this.format() });
    // What stands at the cursor is completed as one types, not as one goes by.
    yasqe.off("cursorActivity", yasqe.handleCursorActivity);
    yasqe.on("change", (_, change) => {
      if (change.origin === "+input" && /[\p{L}\p{N}:?$]$/u.test(change.text.at(-1))) yasqe.autocomplete(true);
    });
    yasqe.on("autocompletionShown", (_, { hints }) => {
      hints.setAttribute("aria-label", say("completions"));
      hints.removeAttribute("aria-expanded"); // a list of options has no such state
      hints.tabIndex = 0; // it scrolls
    });
    yasqe.on("changes", () => this.follow());
    this.check();
  }

  get text() {
    return this.yasqe.getValue();
  }

  focus() {
    this.yasqe.focus();
  }

  /** Break and indent the lines of the query anew. One with a text over several lines stays: its spaces belong to the text. */
  format() {
    if (/"""|'''/.test(this.text)) return;
    this.yasqe.operation(() => {
      this.yasqe.autoformat();
      this.yasqe.eachLine((line) => {
        const end = { line: line.lineNo(), ch: line.text.length };
        this.yasqe.replaceRange("", { ...end, ch: line.text.trimEnd().length }, end);
      });
      this.yasqe.setCursor(0, 0);
    });
  }

  follow() {
    this.field.value = this.text;
    this.clearError();
    this.check();
  }

  /** Say what the grammar does not allow, in words; YASQE marks where. */
  check() {
    const problem = problemOf(this.yasqe);
    this.help.textContent = problem ?? this.howTo;
    this.help.classList.toggle("warn", Boolean(problem));
    this.yasqe.getInputField().setAttribute("aria-invalid", String(Boolean(problem)));
  }

  /** Mark where an error is that the service found, and go there. */
  showError(line, column) {
    this.clearError();
    const place = this.yasqe.clipPos({ line: line - 1, ch: column - 1 });
    const word = /^\S*/.exec(this.yasqe.getLine(place.line).slice(place.ch))[0].length;
    this.marked = this.yasqe.addLineClass(place.line, "wrap", "error-line");
    this.yasqe.markText(place, { line: place.line, ch: place.ch + word }, { className: "error-here" });
    this.yasqe.setCursor(place);
    this.yasqe.scrollIntoView(place, 100);
  }

  clearError() {
    if (this.marked) this.yasqe.removeLineClass(this.marked, "wrap", "error-line");
    this.marked = null;
    for (const mark of this.yasqe.getAllMarks()) if (mark.className === "error-here") mark.clear();
  }
}
