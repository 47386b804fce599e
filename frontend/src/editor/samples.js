// The query at hand as a program: Python, R and curl.
import { copyButton, h } from "../dom.js";
import { say } from "./terms.js";

const LONG = 1500;

function python(endpoint, query, graph) {
  const marks = query.includes('"""') ? "'''" : '"""';
  const post = query.length > LONG;
  const imports = [...(post ? ["POST"] : []), graph ? "TURTLE" : "JSON", "SPARQLWrapper"];
  const rest = graph
    ? "print(endpoint.queryAndConvert().decode())"
    : `for row in endpoint.queryAndConvert()["results"]["bindings"]:
    print({name: term["value"] for name, term in row.items()})`;
  return `from SPARQLWrapper import ${imports.join(", ")}

endpoint = SPARQLWrapper("${endpoint}", returnFormat=${graph ? "TURTLE" : "JSON"})
${post ? "endpoint.setMethod(POST)\n" : ""}endpoint.setQuery(r${marks}
${query.trim()}
${marks})
${rest}
`;
}

function r(endpoint, query, graph) {
  let dashes = "";
  while (query.includes(`)${dashes}"`)) dashes += "-";
  const read = graph ? "cat(resp_body_string(answer))" : "rows <- read.csv(text = resp_body_string(answer))\nprint(rows)";
  return `library(httr2)

query <- r"${dashes}(
${query.trim()}
)${dashes}"
answer <- request("${endpoint}") |>
  req_headers(Accept = "${graph ? "text/turtle" : "text/csv"}") |>
  req_body_form(query = query) |>
  req_perform()
${read}
`;
}

function curl(endpoint, query, graph) {
  let end = "END";
  while (query.split("\n").includes(end)) end += "_";
  return `curl -H 'Accept: ${graph ? "text/turtle" : "text/csv"}' --data-urlencode query@- '${endpoint}' <<'${end}'
${query.trim()}
${end}
`;
}

/** Return the query as programs, each with a button to copy it. */
export function samples(endpoint, query) {
  const bare = query.replace(/<[^>\s]*>|"(?:[^"\\]|\\.)*"|#.*$/gm, "");
  const form = /\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b/i.exec(bare)?.[1].toUpperCase();
  const graph = form === "CONSTRUCT" || form === "DESCRIBE";
  const made = { Python: python, R: r, curl };
  return h(
    "div",
    { class: "samples" },
    Object.entries(made).map(([name, write]) => {
      const text = write(endpoint, query, graph);
      const copy = copyButton(say("copy"), say("copied"), () => text);
      return h("section", {}, h("h3", {}, name, " ", copy), h("pre", { tabindex: 0 }, h("code", {}, text)));
    }),
  );
}
