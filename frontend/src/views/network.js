// A result as a network: two things of a row are joined, or the triples of a graph. A list says the same.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
import { h, s } from "../dom.js";
import { number, placeOf, say, textOf } from "../editor/terms.js";
import { zoomable } from "./zoom.js";

const MOST_NODES = 400;
const MOST_LINKS = 3000;
const ROUNDS = 250;
const SLICE = 16;

function joined(result) {
  if (result.kind === "graph")
    return result.rows
      .filter((row) => row.subject.type === "uri" && row.object.type === "uri" && !row.predicate.value.endsWith("#type"))
      .map((row) => [row.subject, row.object, row.predicate]);
  const columns = result.names.filter((name) => result.rows.some((row) => row[name]?.type === "uri")).slice(0, 2);
  if (columns.length < 2) return [];
  return result.rows.filter((row) => columns.every((name) => row[name]?.type === "uri")).map((row) => columns.map((name) => row[name]));
}

/** Return the view; null where nothing is joined. */
export function network(result) {
  const pairs = joined(result);
  if (!pairs.length) return null;
  const degree = new Map();
  for (const pair of pairs) for (const term of pair.slice(0, 2)) degree.set(term.value, (degree.get(term.value) ?? 0) + 1);
  const kept = new Set([...degree].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MOST_NODES).map(([iri]) => iri));
  const nodes = [...kept].map((iri) => ({ id: iri, label: textOf({ type: "uri", value: iri }), degree: degree.get(iri) }));
  const links = pairs
    .filter(([a, b]) => kept.has(a.value) && kept.has(b.value) && a.value !== b.value)
    .slice(0, MOST_LINKS)
    .map(([a, b, how]) => ({ source: a.value, target: b.value, title: how && textOf(how) }));
  return h(
    "div",
    { class: "network-view" },
    picture(nodes, links),
    kept.size < degree.size && h("p", { class: "quiet" }, say("part", { shown: number(kept.size), count: number(degree.size) })),
    listed(pairs),
  );
}

function picture(nodes, links) {
  const many = nodes.length > 60;
  const lines = links.map((link) => s("line", {}, link.title && s("title", {}, link.title)));
  const dots = nodes.map((node) =>
    s(
      "a",
      { href: placeOf(node.id), tabindex: many ? -1 : null },
      s("title", {}, node.label),
      s("circle", { r: 4 + Math.min(Math.sqrt(node.degree) * 1.5, 12) }),
      (!many || node.degree > 2) && s("text", { dy: -9, "text-anchor": "middle" }, node.label.slice(0, 28)),
    ),
  );
  const svg = s("svg", { class: "network", viewBox: "-500 -320 1000 640", role: "group", "aria-label": say("network") }, s("g", {}, lines), s("g", {}, dots));
  const simulation = forceSimulation(nodes)
    .force("link", forceLink(links).id((node) => node.id).distance(many ? 40 : 90))
    .force("charge", forceManyBody().strength(many ? -60 : -260))
    .force("collide", forceCollide(many ? 8 : 20))
    .force("x", forceX().strength(0.06))
    .force("y", forceY().strength(0.09))
    .stop();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  function draw() {
    links.forEach(({ source, target }, i) => {
      for (const [name, value] of [["x1", source.x], ["y1", source.y], ["x2", target.x], ["y2", target.y]]) lines[i].setAttribute(name, value.toFixed(1));
    });
    nodes.forEach((node, i) => dots[i].setAttribute("transform", `translate(${node.x.toFixed(1)} ${node.y.toFixed(1)})`));
  }

  // In slices, so that the page stays alive; who wants no motion sees only where it ends.
  let round = 0;
  function go() {
    const began = performance.now();
    while (round < ROUNDS && performance.now() - began < SLICE) simulation.tick(), round++;
    const done = round >= ROUNDS;
    if (done) fit();
    if (done || !still) draw();
    if (!done) requestAnimationFrame(go);
  }

  function fit() {
    const far = Math.max(0.5, ...nodes.map((node) => Math.max(Math.abs(node.x) / 470, Math.abs(node.y) / 295)));
    for (const node of nodes) (node.x /= far), (node.y /= far);
    clear();
  }

  // Of names that would lie on each other the one of the better joined stays.
  function clear() {
    const taken = [];
    const ordered = nodes.map((node, i) => [node, dots[i].querySelector("text")]).filter(([, text]) => text);
    for (const [node, text] of ordered.sort((a, b) => b[0].degree - a[0].degree)) {
      const half = text.textContent.length * 3.3;
      const free = taken.every(([x, y, other]) => Math.abs(x - node.x) > half + other || Math.abs(y - node.y) > 15);
      if (free) taken.push([node.x, node.y, half]);
      else text.remove();
    }
  }
  go();
  return zoomable(svg);
}

function listed(pairs) {
  const link = (term) => {
    const place = placeOf(term.value);
    return place ? h("a", { href: place }, textOf(term)) : textOf(term);
  };
  const items = pairs.slice(0, 500).map(([a, b, how]) => h("li", {}, link(a), how ? ` ${textOf(how)} ` : " – ", link(b)));
  return h("details", {}, h("summary", {}, say("as-list")), h("ul", {}, items));
}
