// A result as a chart of its first name and its first number: bars, or a line where the names are years.
import { h, s } from "../dom.js";
import { number, page, placeOf, say, textOf } from "../editor/terms.js";
import { columnsWith, nameColumn, numberOf, thingOf, yearOf } from "../editor/results.js";

const MOST_BARS = 80;

/** Return the view; null where there is no name or no number. */
export function chart(result) {
  const numbers = columnsWith(result, numberOf);
  const years = columnsWith(result, (term) => (numberOf(term) == null ? yearOf(term) : yearOfNumber(term)));
  const value = numbers.find((name) => !years.includes(name));
  if (!value) return null;
  const entries = result.rows.map((row) => ({ row, value: numberOf(row[value]) })).filter((entry) => entry.value != null);
  if (years.length) return line(entries, years[0], value);
  const name = nameColumn(result, page.content, numbers);
  return name ? bars(result, entries, name, value) : null;
}

/** Return a whole number that can be a year as one. */
function yearOfNumber(term) {
  const value = numberOf(term);
  return Number.isInteger(value) && value >= 1000 && value <= 2200 ? value : null;
}

function bars(result, entries, name, value) {
  const shown = entries.slice(0, MOST_BARS);
  const most = Math.max(...shown.map((entry) => Math.abs(entry.value)), 1e-9);
  const right = document.documentElement.dir === "rtl";
  const items = shown.map(({ row, value: count }) => {
    const label = textOf(row[name]);
    const thing = thingOf(result, row, name);
    const place = thing && placeOf(thing.value);
    const width = (100 * Math.abs(count)) / most;
    return h(
      "li",
      { class: "row" },
      h("span", { class: "what", dir: "auto" }, place ? h("a", { href: place }, label) : label),
      h("span", { class: "amount" },
        s("svg", { width: "100%", height: 16, "aria-hidden": "true" }, s("rect", { class: count < 0 ? "ended" : "said", x: right ? `${100 - width}%` : 0, width: `${width}%`, height: 16 })),
        h("span", { class: "number" }, number(count))),
    );
  });
  return h(
    "div",
    { class: "bars" },
    h("p", { class: "quiet" }, h("bdi", {}, `${name} · ${value}`)),
    h("ol", {}, items),
    shown.length < entries.length && h("p", { class: "quiet" }, say("part", { shown: number(shown.length), count: number(entries.length) })),
  );
}

function line(entries, name, value) {
  const points = entries
    .map(({ row, value: count }) => [numberOf(row[name]) ?? yearOf(row[name]), count])
    .filter(([year]) => year != null)
    .sort((a, b) => a[0] - b[0]);
  const [first, last] = [points[0][0], points.at(-1)[0]];
  const most = Math.max(...points.map((point) => point[1]), 1e-9);
  const [width, height] = [1000, 320];
  const x = (year) => 60 + ((year - first) / (last - first || 1)) * (width - 90);
  const y = (count) => height - 40 - (Math.max(count, 0) / most) * (height - 70);
  const digits = new Intl.NumberFormat(page.language, { useGrouping: false, maximumFractionDigits: 0 });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => first + share * (last - first));
  const drawn = s(
    "svg",
    { class: "line-chart said", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${name}, ${value}` },
    [0, 0.5, 1].map((share) => [
      s("line", { class: "grid", x1: 60, x2: width - 30, y1: y(share * most), y2: y(share * most) }),
      s("text", { x: 52, y: y(share * most) + 5, "text-anchor": "end" }, number(share * most)),
    ]).flat(),
    [...new Set(ticks.map(Math.round))].map((year) => s("text", { x: x(year), y: height - 12, "text-anchor": "middle" }, digits.format(year))),
    s("path", { d: "M" + points.map(([year, count]) => `${x(year).toFixed(1)} ${y(count).toFixed(1)}`).join("L") }),
    points.length <= 200 && points.map(([year, count]) => s("circle", { cx: x(year), cy: y(count), r: 4 }, s("title", {}, `${digits.format(year)}: ${number(count)}`))),
  );
  const items = points.slice(0, 500).map(([year, count]) => h("li", {}, `${digits.format(Math.floor(year))}: ${number(count)}`));
  return h("div", { class: "chart" }, h("p", { class: "quiet" }, h("bdi", {}, `${name} · ${value}`)), drawn,
    h("details", {}, h("summary", {}, say("as-list")), h("ul", { class: "columns" }, items)));
}
