// A result on the map: points, or lines where a row has two of them.
import { h, s } from "../dom.js";
import { number, page, placeOf, pointOf, say, textOf } from "../editor/terms.js";
import { nameColumn, thingOf } from "../editor/results.js";
import { greatCircle, HEIGHT, pointOfWkt, project, WIDTH } from "./sheet.js";
import { zoomable } from "./zoom.js";

const MOST = 3000;
const MARGIN = 40;
const SMALLEST = 150;

/** Return the places of each row, at most two: `{row, places: [{point, label, address}]}`. */
function located(result) {
  const wkt = result.names.filter((name) => result.rows.some((row) => pointOfWkt(row[name]?.value)));
  // Where no column has points, things that have one are put there.
  const columns = (wkt.length ? wkt : result.names.filter((name) => result.rows.some((row) => pointOf(row[name]?.value)))).slice(0, 2);
  const label = nameColumn(result, page.content, columns);
  return result.rows
    .map((row) => ({
      row,
      places: columns
        .map((name) => place(result, row, name, wkt.length === 1 ? label : name))
        .filter(Boolean),
    }))
    .filter((entry) => entry.places.length);
}

function place(result, row, name, label) {
  const term = row[name];
  const point = pointOfWkt(term?.type === "uri" ? pointOf(term.value) : term?.value);
  if (!point) return null;
  const thing = thingOf(result, row, label ?? name);
  const named = label && label !== name ? textOf(row[label]) : "";
  return { point, label: named || textOf(thing), address: thing && placeOf(thing.value) };
}

/** Return the view; null where nothing has a place. */
export function map(result) {
  const entries = located(result);
  if (!entries.length) return null;
  const drawn = entries.slice(0, MOST);
  const lines = [];
  const points = new Map();
  for (const { places } of drawn) {
    for (const one of places) points.set(one.point.join(" ") + one.label, one);
    if (places.length === 2) lines.push([greatCircle(places[0].point, places[1].point), places.map((p) => p.label).join(" – ")]);
  }
  const view = viewOf([...points.values()].map((one) => project(one.point)), lines.some(([path]) => path.lastIndexOf("M") > 0));
  const dots = [...points.values()].map((one) => {
    const [cx, cy] = project(one.point).map((value) => value.toFixed(1));
    return s("a", { href: one.address, class: "said", tabindex: points.size > 100 ? -1 : null }, s("title", {}, one.label), s("circle", { cx, cy, r: 4 }));
  });
  const svg = s(
    "svg",
    { class: "map", viewBox: view.join(" "), role: "group", "aria-label": say("map") },
    s("use", { class: "land", href: `${page.base}/static/built/land.svg#land` }),
    lines.map(([path, label]) => s("g", { class: "said" }, s("title", {}, label), s("path", { d: path }))),
    dots,
  );
  // Dots keep their size on the page however much of the sheet is shown.
  const resize = (scale) => svg.querySelectorAll("circle").forEach((dot) => dot.setAttribute("r", ((5 * view[2]) / WIDTH / scale).toFixed(3)));
  resize(1);
  return h(
    "div",
    { class: "map-view" },
    zoomable(svg, resize),
    drawn.length < entries.length && h("p", { class: "quiet" }, say("part", { shown: number(drawn.length), count: number(entries.length) })),
    listed(drawn),
  );
}

function listed(entries) {
  const items = entries.slice(0, 500).map(({ places }) =>
    h("li", {}, places.map((one, i) => [i ? " – " : "", one.address ? h("a", { href: one.address }, one.label) : one.label])),
  );
  return h("details", {}, h("summary", {}, say("as-list")), h("ul", { class: "columns" }, items));
}

function viewOf(points, whole) {
  if (whole) return [0, 0, WIDTH, HEIGHT];
  const [xs, ys] = [points.map((point) => point[0]), points.map((point) => point[1])];
  const [left, right] = [Math.min(...xs) - MARGIN, Math.max(...xs) + MARGIN];
  const [top, bottom] = [Math.min(...ys) - MARGIN, Math.max(...ys) + MARGIN];
  const width = Math.min(Math.max(right - left, ((bottom - top) * WIDTH) / HEIGHT, SMALLEST), WIDTH);
  const height = (width * HEIGHT) / WIDTH;
  const inside = (value, most) => Math.min(Math.max(value, 0), most);
  return [inside((left + right - width) / 2, WIDTH - width), inside((top + bottom - height) / 2, HEIGHT - height), width, height];
}
