// What the editor completes: words of SPARQL that fit, and the prefixes and terms of the graph, the most used first.
import { Yasqe } from "@zazuko/yasqe";
import { h } from "../dom.js";
import { wordsAmong } from "./grammar.js";
import { page, say, vocabulary } from "./terms.js";

const AT_MOST = 60;
const standing = Yasqe.Autocompleters;
const about = new Map();

/** Return how well a term answers to what is typed, from 0; -1 where it does not. */
function distance(term, typed) {
  const name = term.name.toLocaleLowerCase();
  const label = (term.label ?? "").toLocaleLowerCase();
  if (name.startsWith(typed)) return 0;
  if (name.slice(name.indexOf(":") + 1).startsWith(typed)) return 1;
  if (` ${label}`.includes(` ${typed}`)) return 2;
  return name.includes(typed) || label.includes(typed) ? 3 : -1;
}

/** Return the kinds of terms that stand where the cursor is; none where there are none. */
function kindsAt(yasqe, possible) {
  if (standing.class.isValidCompletionPosition(yasqe)) return ["class"];
  if (possible.includes("a")) return ["property"];
  return possible.includes("PNAME_LN") ? ["concept", "class", "property"] : [];
}

async function found(yasqe, token) {
  const typed = token.string.toLocaleLowerCase();
  const possible = token.state.possibleCurrent;
  const kinds = kindsAt(yasqe, possible);
  const terms = kinds.length ? (await vocabulary()).filter((term) => kinds.includes(term.kind)) : [];
  const prefixes = kinds.length ? Object.entries(page.prefixes).map(([prefix, iri]) => ({ name: `${prefix}:`, label: iri })) : [];
  const words = kinds[0] === "class" ? [] : wordsAmong(possible).map((name) => ({ name }));
  const begun = ({ name }) => name.toLocaleLowerCase().startsWith(typed);
  const all = [...words.filter(begun), ...ranked(terms, typed), ...prefixes.filter(begun)];
  if (all.length === 1 && all[0].name.toLocaleLowerCase() === typed) return [];
  about.clear();
  for (const each of all.slice(0, AT_MOST)) about.set(each.name, each);
  return [...about.keys()];
}

function ranked(terms, typed) {
  const near = terms.map((term) => [distance(term, typed), term]).filter(([far]) => far >= 0);
  return near.sort(([a], [b]) => a - b).map(([, term]) => term);
}

function render(element, _, { text }) {
  const { label, kind, definition } = about.get(text) ?? {};
  const detail = [label, kind && say(kind)].filter(Boolean).join(" · ");
  element.append(h("bdi", {}, text), detail && h("span", { class: "detail", dir: "auto" }, detail));
  if (definition) element.title = definition;
}

/** Return the word before the cursor; of letters that SPARQL has no use for, YASQE takes each for a word of its own. */
function wordAt(yasqe, token) {
  const { line, ch } = yasqe.getCursor();
  const text = yasqe.getLine(line);
  const string = /[\p{L}\p{M}\p{N}_:\u200c-]*$/u.exec(text.slice(0, ch))[0];
  const rest = /^[\p{L}\p{M}\p{N}_\u200c-]*/u.exec(text.slice(ch))[0];
  return { ...token, string, from: { ch: ch - string.length }, to: { ch: ch + rest.length } };
}

/** A completer of YASQE. */
export const completer = {
  name: "terms",
  bulk: false,
  autoShow: true,
  preProcessToken: wordAt,
  get: found,
  postprocessHints: (_, hints) => hints.map((hint) => ({ ...hint, render })),
  isValidCompletionPosition(yasqe) {
    const token = yasqe.getCompleteToken();
    return !["string", "comment", "number"].includes(token.type) && !/^[?$<"'#]/.test(token.string.trim());
  },
};
