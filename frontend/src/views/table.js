// A result as a table: it sorts, filters and can be copied, and things lead to their pages by their names.
import { copyButton, h } from "../dom.js";
import { sortable } from "../sortable.js";
import { number, page, placeOf, say, shorten, textOf } from "../editor/terms.js";
import { numberOf } from "../editor/results.js";

const AT_ONCE = 500;

/** Return the view. */
export function table(result) {
  let named = true;
  let rows = result.rows;
  let shown = AT_ONCE;
  const heads = result.names.map((name) => h("th", { scope: "col" }, name));
  const body = h("tbody");
  const drawn = h("table", { id: "result-table" }, h("thead", {}, h("tr", {}, heads)), body);
  const more = h("button", { type: "button", class: "second", onclick: () => ((shown += 10 * AT_ONCE), draw()) });
  const filter = h("input", { type: "search", id: "result-filter", autocomplete: "off", oninput: choose });
  const names = h("input", { type: "checkbox", id: "result-names", checked: true, onchange: rename });
  const text = (row, name) => (named ? textOf(row[name]) : (row[name]?.value ?? ""));

  function choose() {
    const wanted = filter.value.trim().toLocaleLowerCase(page.language);
    rows = result.rows.filter(
      (row) => !wanted || result.names.some((name) => text(row, name).toLocaleLowerCase(page.language).includes(wanted)),
    );
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    shown = AT_ONCE;
    draw();
  }

  function rename() {
    named = names.checked;
    choose();
  }

  function sort(column, down) {
    const name = result.names[column];
    const compare = new Intl.Collator(page.language, { numeric: true }).compare;
    const keys = new Map(rows.map((row) => [row, numberOf(row[name]) ?? text(row, name)]));
    rows = [...rows].sort((a, b) => {
      const [x, y] = [keys.get(a), keys.get(b)];
      return typeof x === "number" && typeof y === "number" ? x - y : compare(String(x), String(y));
    });
    if (down) rows.reverse();
    draw();
  }

  function draw() {
    body.replaceChildren(
      ...rows.slice(0, shown).map((row) => h("tr", {}, result.names.map((name) => h("td", {}, cell(row[name], named))))),
    );
    more.hidden = shown >= rows.length;
    more.textContent = say("more-rows", { count: number(Math.min(10 * AT_ONCE, rows.length - shown)) });
  }

  function copied() {
    const line = (values) => values.map((value) => value.replace(/[\t\r\n]+/g, " ")).join("\t");
    return [line(result.names), ...rows.map((row) => line(result.names.map((name) => text(row, name))))].join("\n");
  }

  sortable(drawn, sort);
  draw();
  return h(
    "div",
    { class: "table-view" },
    h(
      "p",
      { class: "actions" },
      h("label", { for: "result-filter" }, say("filter")),
      filter,
      h("label", { class: "check" }, names, " ", say("names")),
      copyButton(say("copy-table"), say("copied"), copied),
    ),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": say("table") }, drawn),
    more,
  );
}

/** Return a term as it stands in a cell. */
export function cell(term, named = true) {
  if (!term) return "";
  if (term.type === "uri") {
    const place = placeOf(term.value);
    const text = named ? textOf(term) : shorten(term.value);
    return place ? h("a", { href: place, title: term.value, dir: "auto" }, text) : h("bdi", {}, text);
  }
  const value = numberOf(term);
  if (value != null) return h("bdi", { class: "number", title: term.value }, Number.isInteger(value) ? number(value) : term.value);
  return h("span", { dir: "auto", lang: term["xml:lang"] || null }, term.value);
}
