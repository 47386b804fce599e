// What the editor completes: variables of the query, words of SPARQL, and prefixes and terms of the graph.
import { say, vocabulary } from "./terms.js";

const WORDS = (
  "SELECT DISTINCT REDUCED CONSTRUCT DESCRIBE ASK FROM NAMED WHERE FILTER OPTIONAL UNION MINUS GRAPH BIND VALUES AS " +
  "EXISTS NOT IN ORDER BY ASC DESC GROUP HAVING LIMIT OFFSET PREFIX BASE UNDEF"
).split(" ");
const FUNCTIONS = (
  "STR LANG LANGMATCHES DATATYPE BOUND IRI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE ENCODE_FOR_URI " +
  "CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS NOW UUID STRUUID MD5 SHA1 SHA256 " +
  "COALESCE IF STRLANG STRDT SAMETERM ISIRI ISBLANK ISLITERAL ISNUMERIC REGEX SUBSTR REPLACE COUNT SUM MIN MAX AVG " +
  "SAMPLE GROUP_CONCAT"
).split(" ");
const FIXED = [
  ...WORDS.map((label) => ({ label, type: "keyword" })),
  ...FUNCTIONS.map((label) => ({ label, apply: `${label}(`, type: "function" })),
];

let terms = null;

async function readTerms() {
  const { prefixes, terms: found } = await vocabulary();
  return [
    ...Object.entries(prefixes).map(([prefix, iri]) => ({ label: `${prefix}:`, detail: iri, boost: -20 })),
    ...found.map((term, place) => ({
      label: term.name,
      detail: `${term.label} · ${say(term.kind)}`,
      info: term.definition || undefined,
      // Terms come by how often they are used: the most used are offered first.
      boost: Math.max(10 - Math.floor(place / 20), -10),
    })),
  ];
}

/** Return what can stand at the cursor (a source of completions). */
export async function complete(context) {
  const variable = context.matchBefore(/[?$]\w*/);
  if (variable) {
    const others = new Set(context.state.doc.toString().match(/[?$]\w+/g));
    others.delete(variable.text);
    return { from: variable.from, options: [...others].map((label) => ({ label, type: "variable" })), validFor: /^[?$]\w*$/ };
  }
  const word = context.matchBefore(/[\w-]*:?[\w-]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  if (inString(context) || context.matchBefore(/<[^>\s]*/)) return null;
  terms ??= await readTerms();
  const named = word.text.includes(":");
  if (named && !/^[a-z]/.test(word.text)) return null;
  return { from: word.from, options: named ? terms : [...FIXED, ...terms], validFor: /^[\w-]*:?[\w-]*$/ };
}

function inString(context) {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  return (before.replace(/\\./g, "").match(/"/g) ?? []).length % 2 === 1 || /(^|\s)#[^>]*$/.test(before);
}
