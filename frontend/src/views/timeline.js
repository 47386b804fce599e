// A result on an axis of years, in the look of the timelines of pages: a date is a dot, two are a line.
import { h, s } from "../dom.js";
import { number, page, placeOf, say, textOf } from "../editor/terms.js";
import { columnsWith, nameColumn, thingOf, yearOf } from "../editor/results.js";

const MOST = 400;
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const HIJRI = 621.22;

/** Return the view; null where nothing has a date. */
export function timeline(result) {
  const dates = columnsWith(result, yearOf).slice(0, 2);
  const name = nameColumn(result, page.content, dates);
  const entries = result.rows
    .map((row) => ({ row, years: dates.map((date) => yearOf(row[date])).filter((year) => year != null) }))
    .filter((entry) => entry.years.length)
    .sort((a, b) => a.years[0] - b.years[0]);
  if (!entries.length) return null;
  const origin = page.language === "fa" ? HIJRI : 0;
  const every = entries.flatMap((entry) => entry.years);
  const first = Math.floor(Math.min(...every) - origin);
  const last = Math.max(Math.ceil(Math.max(...every) - origin), first + 1);
  const step = STEPS.find((years) => (last - first) / years <= 8) ?? STEPS.at(-1);
  const at = (year) => {
    const share = (100 * (year - origin - first)) / (last - first);
    return `${(page.language === "fa" ? 100 - share : share).toFixed(2)}%`;
  };
  const ticks = [];
  for (let year = Math.ceil(first / step) * step; year <= last; year += step) ticks.push(year);
  const grid = (height) => ticks.map((year) => s("line", { class: "grid", x1: at(year + origin), x2: at(year + origin), y1: 0, y2: height }));
  const digits = new Intl.NumberFormat(page.language, { useGrouping: false });
  const axis = s(
    "svg",
    { class: "axis", width: "100%", height: 22, "aria-hidden": "true" },
    grid(5),
    ticks.map((year) => s("text", { x: at(year + origin), y: 18, "text-anchor": "middle" }, digits.format(year))),
  );
  const items = entries.slice(0, MOST).map(({ row, years }) => {
    const thing = thingOf(result, row, name);
    const label = textOf(row[name]) || textOf(thing);
    const place = thing && placeOf(thing.value);
    const [from, to] = [years[0], years.at(-1)];
    return h(
      "li",
      { class: "row" },
      h("span", { class: "what" }, place ? h("a", { href: place, dir: "auto" }, label) : h("span", { dir: "auto" }, label), " ",
        h("bdi", { class: "quiet", dir: "ltr" }, [...new Set(dates.map((date) => row[date]?.value).filter(Boolean))].join(" – "))),
      s("svg", { class: "strip said", width: "100%", height: 18, "aria-hidden": "true" }, grid(18),
        to > from && s("line", { class: "lasting", x1: at(from), x2: at(to), y1: 9, y2: 9 }),
        [...new Set([from, to])].map((year) => s("circle", { cx: at(year), cy: 9, r: 5 }))),
    );
  });
  return h(
    "div",
    { class: "timeline" },
    h("div", { class: "row head", "aria-hidden": "true" }, h("span"), axis),
    h("ol", {}, items),
    items.length < entries.length && h("p", { class: "quiet" }, say("part", { shown: number(items.length), count: number(entries.length) })),
  );
}
