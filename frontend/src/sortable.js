// Tables that sort by a click on the head of a column.

/** Let a table sort. `sorted(column, down)` does it where given; else the rows that are there are sorted. */
export function sortable(table, sorted = null) {
  const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
  const text = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
  table.tHead.querySelectorAll("th").forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      table.tHead.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      if (sorted) return sorted(column, down);
      const body = table.tBodies[0];
      const rows = [...body.rows].sort((a, b) => compare(text(a, column), text(b, column)));
      body.append(...(down ? rows.reverse() : rows));
    });
  });
}
