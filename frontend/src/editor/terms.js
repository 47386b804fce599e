// How terms of results are written and where they lead, and what is known of things: their names and places.

/** What the page knows: addresses, languages, prefixes, texts. */
export const page = JSON.parse(document.getElementById("page-data").textContent);

/** Return a text of the interface. */
export function say(key, filled = {}) {
  return page.messages[key].replace(/\{(\w+)\}/g, (_, name) => filled[name]);
}

/** Return a number as the reader writes it. */
export const number = new Intl.NumberFormat(page.language, { maximumFractionDigits: 2 }).format;

let asked = null;

/** Return the terms of the graph, the most used first, which are read once. */
export function vocabulary() {
  asked ??= fetch(`${page.base}/editor/terms?${new URLSearchParams({ content: page.content })}`)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
    .then((answer) => answer.terms)
    .catch(() => []);
  return asked;
}

const prefixes = Object.entries(page.prefixes).sort((a, b) => b[1].length - a[1].length);

/** Return the prefixed name of an IRI, or the IRI where no prefix fits. */
export function shorten(iri) {
  for (const [prefix, namespace] of prefixes) {
    if (iri.startsWith(namespace) && /^[\p{L}\p{N}_-]+$/u.test(iri.slice(namespace.length)))
      return `${prefix}:${iri.slice(namespace.length)}`;
  }
  return iri;
}

/** Return where an IRI leads: things of this graph to their pages here; null for what is no address. */
export function placeOf(iri) {
  if (!/^https?:/.test(iri)) return null;
  if (!iri.startsWith(page.namespace)) return iri;
  const [path, part] = iri.slice(page.namespace.length).split("#");
  const chosen = new URLSearchParams(page.chosen);
  const query = chosen.size ? `?${chosen}` : "";
  return `${page.base}/${path.replace(/^id\//, "page/")}${query}${part ? "#" + part : ""}`;
}

const known = new Map();
const AT_ONCE = 400;

/** Read names and points of the things of this graph that are among some IRIs, as many as can be asked for. */
export async function readThings(iris) {
  const wanted = [...new Set(iris)].filter((iri) => iri.startsWith(page.namespace) && !known.has(iri));
  const parts = [];
  for (let start = 0; start < Math.min(wanted.length, 5 * AT_ONCE); start += AT_ONCE)
    parts.push(readPart(wanted.slice(start, start + AT_ONCE)));
  await Promise.all(parts);
}

async function readPart(iris) {
  // They come from a result, so that each is an IRI; those that SPARQL cannot write are left out all the same.
  const values = iris.filter((iri) => !/[\x00-\x20<>"{}|^`\\]/.test(iri)).map((iri) => `<${iri}>`).join(" ");
  const query = `SELECT ?thing ?name ?point WHERE { VALUES ?thing { ${values} }
    { ?thing rdfs:label ?name } UNION { ?thing geo:asWKT ?point } }`;
  const headers = { Accept: "application/sparql-results+json" };
  const answer = await fetch(`${page.base}/sparql`, { method: "POST", headers, body: new URLSearchParams({ query }) });
  if (!answer.ok) return;
  for (const row of (await answer.json()).results.bindings) {
    const thing = known.get(row.thing.value) ?? { names: {} };
    known.set(row.thing.value, thing);
    if (row.name) thing.names[row.name["xml:lang"] ?? ""] ??= row.name.value;
    if (row.point) thing.point ??= row.point.value;
  }
}

/** Return the name of a thing for the reader; undefined where none is known. */
export function nameOf(iri) {
  const names = known.get(iri)?.names ?? {};
  return names[page.content] ?? names.en ?? names.fa ?? Object.values(names)[0];
}

/** Return the point of a thing in WKT; undefined where none is known. */
export const pointOf = (iri) => known.get(iri)?.point;

/** Return what a term reads as. */
export function textOf(term) {
  if (!term) return "";
  return term.type === "uri" ? (nameOf(term.value) ?? shorten(term.value)) : term.value;
}
