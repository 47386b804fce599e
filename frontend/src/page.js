// What every page gains where scripts run: tables that sort and a search box that suggests. Without scripts they are
// whole already.
import { suggestive } from "./suggest.js";
import { sortable } from "./sortable.js";

document.querySelectorAll("table.sortable").forEach((table) => sortable(table));

const search = document.querySelector("header.top input[type=search]");
if (search) suggestive(search, search.form.action.replace(/\/search$/, ""), search.form.dataset.suggestions);
