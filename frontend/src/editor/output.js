// The result of a query on the page: views in tabs, notes, downloads, the permanent link and the query as a program.
import { copyButton, h } from "../dom.js";
import { chart } from "../views/chart.js";
import { map } from "../views/map.js";
import { network } from "../views/network.js";
import { table } from "../views/table.js";
import { timeline } from "../views/timeline.js";
import { samples } from "./samples.js";
import { number, page, say } from "./terms.js";

const VIEWS = { table, map, network, timeline, chart };
const LONGEST_ADDRESS = 7000;
const FORMATS = {
  rows: ["csv", "tsv", "json", "xml"],
  truth: ["json", "xml"],
  graph: ["turtle", "ntriples", "jsonld", "rdfxml", "trig", "nquads"],
};
const ENDINGS = { json: "srj", xml: "srx", turtle: "ttl", ntriples: "nt", rdfxml: "rdf", nquads: "nq" };
/** Names of views that comments of Wikidata's queries use. */
const ALIASES = { graph: "network", barchart: "chart", linechart: "chart", areachart: "chart", bubblechart: "chart", scatterchart: "chart" };

let before = null;

/**
 * Return the views to show a result in, the most wanted first: the one that the query asks for in a comment
 * (`#+ view: map`, `#defaultView:Map`) and the one that the address names, which wins as long as the query is the same.
 */
function wanted(query) {
  const named = /^#\+ ?view: ?(\w+)/m.exec(query) ?? /^\s*#\s*defaultView:(\w+)/im.exec(query);
  const name = named?.[1].toLowerCase() ?? "";
  const views = [location.hash.slice(1), ALIASES[name] ?? name];
  if (before !== null && before !== query) views.reverse();
  before = query;
  return [...views, "table"].filter((view) => Object.hasOwn(VIEWS, view));
}

/** Show a result. `goOn` asks for the rest of one that was cut. */
export function showResult(output, { query, result, answer, goOn }) {
  output.replaceChildren(
    h("h2", { id: "result" }, result.kind === "truth" ? say(result.value ? "yes" : "no") : output.getAttribute("aria-label")),
    answer.cut ? cutNote(answer, goOn) : "",
    result.kind === "truth" ? "" : result.rows.length ? views(query, result) : h("p", {}, say("no-rows")),
    downloads(query, result.kind),
    permalink(query, answer.version),
    h("details", { id: "samples" }, h("summary", {}, say("code")), samples(`${page.base}/sparql`, query)),
  );
}

function cutNote(answer, goOn) {
  const rest = answer.next
    ? h("button", { type: "button", class: "second", id: "next-part", onclick: goOn }, say("next"))
    : say("cut-how");
  return h("p", { class: "note cut", id: "cut-notice" }, say("cut", { rows: number(Number(answer.cut)) }), " ", rest);
}

/** Return tabs with one view each, which is made when it is first opened. */
export function views(query, result) {
  const names = Object.keys(VIEWS);
  const panel = h("div", { role: "tabpanel", id: "view", tabindex: 0 });
  const tabs = names.map((name) =>
    h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "view", onclick: () => choose(name) }, say(name)),
  );
  const made = {};

  function choose(name, byHand = true) {
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(names[i] === name));
      tab.tabIndex = names[i] === name ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", `tab-${name}`);
    made[name] ??= VIEWS[name](result) ?? h("p", { class: "note" }, say(`no-${name}`));
    panel.replaceChildren(made[name]);
    if (byHand) history.replaceState(null, "", `${location.pathname}${location.search}#${name}`);
    document.getElementById("permalink")?.dispatchEvent(new Event("view"));
  }

  const list = h("div", { role: "tablist", "aria-label": say("views"), class: "tabs" }, tabs);
  list.addEventListener("keydown", (event) => {
    const back = document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    const steps = { [back]: -1, [back === "ArrowLeft" ? "ArrowRight" : "ArrowLeft"]: 1, Home: -99, End: 99 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const now = tabs.findIndex((tab) => tab.tabIndex === 0);
    const step = steps[event.key];
    const next = Math.abs(step) === 1 ? (now + step + names.length) % names.length : step < 0 ? 0 : names.length - 1;
    choose(names[next]);
    tabs[next].focus();
  });
  const first = wanted(query).find((name) => (made[name] = VIEWS[name](result)));
  choose(first, false);
  return h("div", { class: "views" }, list, panel);
}

function downloads(query, kind) {
  const links = FORMATS[kind].map((name) => {
    const address = `${page.base}/sparql?${new URLSearchParams({ format: name, query })}`;
    const file = `result.${ENDINGS[name] ?? name}`;
    // What is too long for an address is fetched, and given as a file.
    const long = address.length > LONGEST_ADDRESS;
    return h("a", { href: long ? "#result" : address, download: file, onclick: long ? (event) => (event.preventDefault(), save(query, name, file)) : () => {} }, name);
  });
  return h("p", { id: "downloads" }, say("download"), ": ", links.flatMap((link, i) => (i ? [" · ", link] : [link])));
}

async function save(query, format, file) {
  const answer = await fetch(`${page.base}/sparql`, { method: "POST", body: new URLSearchParams({ query, format }) });
  const address = URL.createObjectURL(await answer.blob());
  h("a", { href: address, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function permalink(query, version) {
  const address = `${page.root}/version/${version}/sparql?${new URLSearchParams({ ...page.chosen, query })}`;
  if (address.length > LONGEST_ADDRESS) return h("p", { class: "quiet" }, say("too-long"));
  const link = h("a", { id: "permalink", href: address + location.hash }, say("permalink"));
  link.addEventListener("view", () => (link.href = address + location.hash));
  return h("p", { class: "actions" }, link, copyButton(say("copy"), say("copied"), () => link.href));
}
