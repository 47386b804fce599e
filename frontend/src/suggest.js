// Suggestions under the search box of every page: an accessible combobox with a list (ARIA 1.2).
// Without scripts, or without an answer, the form is a plain form.
import { h } from "./dom.js";

const WAIT = 120;
const THINGS = "https://w3id.org/citydip/id/";

/**
 * Let a search field suggest things by what is typed; choosing one opens its page.
 * @param base the address of the service, without a slash at the end.
 * @param label the name of the list.
 */
export function suggestive(input, base, label) {
  const list = h("ul", { id: "suggestions", role: "listbox", "aria-label": label, hidden: true });
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("autocomplete", "off");
  input.after(list);
  let active = -1;
  let timer = 0;
  let asked = null;

  function close() {
    asked?.abort();
    clearTimeout(timer);
    active = -1;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(number) {
    const options = [...list.children];
    options[active]?.setAttribute("aria-selected", "false");
    active = options.length ? (number + options.length) % options.length : -1;
    if (active < 0) return;
    options[active].setAttribute("aria-selected", "true");
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  }

  // The languages that the reader has chosen are kept.
  function place(thing) {
    const chosen = new URLSearchParams(new FormData(input.form));
    chosen.delete("q");
    const path = thing.id.startsWith(THINGS) ? `${base}/page/${thing.id.slice(THINGS.length)}` : thing.id;
    return chosen.size ? `${path}?${chosen}` : path;
  }

  function open(found) {
    list.replaceChildren(...found.map((thing, number) => option(thing, number, place(thing))));
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
  }

  async function ask() {
    asked?.abort();
    const text = input.value.trim();
    if (!text) return close();
    asked = new AbortController();
    try {
      const query = new URLSearchParams({ q: text, lang: document.documentElement.lang, limit: 10 });
      const answer = await fetch(`${base}/suggest?${query}`, { signal: asked.signal });
      if (answer.ok && document.activeElement === input) open((await answer.json()).suggestions);
    } catch {
      // The next letter asks again; until then the form still works.
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) {
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) ask();
      else choose(active < 0 && event.key === "ArrowUp" ? -1 : active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && active >= 0) {
      location.assign(list.children[active].dataset.address);
    } else {
      return;
    }
    event.preventDefault();
  });
  // Before the field loses its focus, which closes the list.
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) {
      event.preventDefault();
      location.assign(option.dataset.address);
    }
  });
}

function option(thing, number, address) {
  const about = [...thing.kinds.slice(0, 1), ...thing.countries.slice(0, 1)].map((shown) => shown.label);
  const matched = thing.matched.text !== thing.label && thing.matched.text;
  return h(
    "li",
    { role: "option", id: `suggestion-${number}`, "aria-selected": "false", "data-address": address },
    h("span", { class: "label", lang: thing.language || null, dir: "auto" }, thing.label),
    matched && h("span", { class: "matched", lang: thing.matched.language || null, dir: "auto" }, matched),
    h("span", { class: "quiet" }, about.join(" · ")),
  );
}
