// Results as rows, whatever form they come in.

/**
 * Return a result as `{kind, names, rows}`; of a truth value, `{kind: "truth", value}`.
 * @param type media type of the answer.
 */
export function readResult(type, text) {
  if (type.startsWith("application/n-triples")) return { kind: "graph", ...readTriples(text) };
  const parsed = JSON.parse(text);
  if ("boolean" in parsed) return { kind: "truth", value: parsed.boolean, names: [], rows: [] };
  return { kind: "rows", names: parsed.head.vars, rows: parsed.results.bindings };
}

const TERM = String.raw`<[^>]*>|_:[^\s]+|"(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?`;
const LINE = new RegExp(String.raw`^\s*(${TERM})\s*(${TERM})\s*(${TERM})\s*\.`, "gm");
const NAMES = ["subject", "predicate", "object"];

function readTriples(text) {
  const rows = [];
  for (const found of text.matchAll(LINE)) rows.push(Object.fromEntries(NAMES.map((name, i) => [name, term(found[i + 1])])));
  return { names: NAMES, rows };
}

function term(text) {
  if (text.startsWith("<")) return { type: "uri", value: plain(text.slice(1, -1)) };
  if (text.startsWith("_:")) return { type: "bnode", value: text };
  const end = text.lastIndexOf('"');
  const literal = { type: "literal", value: plain(text.slice(1, end)) };
  const rest = text.slice(end + 1);
  if (rest.startsWith("@")) literal["xml:lang"] = rest.slice(1);
  if (rest.startsWith("^^")) literal.datatype = rest.slice(3, -1);
  return literal;
}

const ESCAPES = { t: "\t", n: "\n", r: "\r", b: "\b", f: "\f" };

function plain(text) {
  return text.replace(/\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)/g, (_, code) =>
    code.length > 1 ? String.fromCodePoint(parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
  );
}

const NUMBERS = /#(?:integer|decimal|double|float|nonNegativeInteger|positiveInteger|int|long|short)$/;
const DATES = /#(?:date|dateTime|gYear|gYearMonth)$/;

/** Return a term as a number; null where it is none. */
export function numberOf(term) {
  if (!term || term.type === "uri" || !NUMBERS.test(term.datatype ?? "")) return null;
  const value = Number(term.value);
  return Number.isFinite(value) ? value : null;
}

/** Return a term as a year with its fraction; null where it is no date. */
export function yearOf(term) {
  if (!term || term.type === "uri") return null;
  const found = /^(-?\d{4,6})(?:-(\d\d))?(?:-(\d\d))?(?:T|Z|$|[+-]\d\d:)/.exec(term.value);
  if (!found || !(DATES.test(term.datatype ?? "") || /^\d{4}(-\d\d){0,2}$/.test(term.value))) return null;
  return Number(found[1]) + (Number(found[2] ?? 1) - 1) / 12 + (Number(found[3] ?? 1) - 1) / 366;
}

/** Return the columns in which most of the values that there are pass a test. */
export function columnsWith(result, test) {
  return result.names.filter((name) => {
    const terms = result.rows.slice(0, 200).map((row) => row[name]).filter(Boolean);
    return terms.length > 0 && terms.filter((term) => test(term) != null).length > terms.length / 2;
  });
}

/** Return the thing that a column names: that of the nearest column before it which has things, else the first there is. */
export function thingOf(result, row, name) {
  if (row[name]?.type === "uri") return row[name];
  const before = result.names.slice(0, result.names.indexOf(name) + 1).reverse();
  return [...before, ...result.names].map((other) => row[other]).find((term) => term?.type === "uri");
}

/** Return the column that names a row best: a text in the reader's language, any text, or a thing. */
export function nameColumn(result, language, besides = []) {
  const left = result.names.filter((name) => !besides.includes(name));
  const of = (test) => left.find((name) => result.rows.slice(0, 200).some((row) => row[name] && test(row[name])));
  return (
    left.find((name) => name === language || name === "name" || name === "label") ??
    of((term) => term["xml:lang"] === language) ??
    of((term) => term["xml:lang"]) ??
    of((term) => term.type === "uri") ??
    of((term) => term.type === "literal" && numberOf(term) == null && yearOf(term) == null && !/^[A-Z]+\s*\(/.test(term.value))
  );
}
