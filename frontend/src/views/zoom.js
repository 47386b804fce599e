// Pictures that can be made bigger and moved: by buttons, which keyboards reach, by wheel and by dragging.
import { h } from "../dom.js";
import { say } from "../editor/terms.js";

const STEP = 1.5;

/** Return a picture with its buttons. `changed(scale)` is told how much bigger it is. */
export function zoomable(svg, changed = () => {}) {
  const whole = svg.getAttribute("viewBox").split(" ").map(Number);
  let view = [...whole];

  function show(next) {
    view = next;
    svg.setAttribute("viewBox", view.map((value) => value.toFixed(2)).join(" "));
    changed(whole[2] / view[2]);
  }

  function zoom(by, x = view[0] + view[2] / 2, y = view[1] + view[3] / 2) {
    const width = Math.min(Math.max(view[2] / by, whole[2] / 60), whole[2]);
    const share = width / view[2];
    if (width === whole[2]) return show([...whole]);
    show([x - (x - view[0]) * share, y - (y - view[1]) * share, width, view[3] * share]);
  }

  function at(event) {
    const box = svg.getBoundingClientRect();
    return [view[0] + ((event.clientX - box.left) / box.width) * view[2], view[1] + ((event.clientY - box.top) / box.height) * view[3]];
  }

  svg.addEventListener(
    "wheel",
    (event) => {
      // A wheel alone scrolls the page.
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoom(event.deltaY < 0 ? STEP : 1 / STEP, ...at(event));
    },
    { passive: false },
  );
  let grip = null;
  svg.addEventListener("pointerdown", (event) => {
    if (view[2] < whole[2] && event.button === 0) grip = at(event);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!grip) return;
    if (!svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
    const [x, y] = at(event);
    show([view[0] + grip[0] - x, view[1] + grip[1] - y, view[2], view[3]]);
  });
  svg.addEventListener("pointerup", () => (grip = null));
  svg.addEventListener("pointercancel", () => (grip = null));

  const button = (label, sign, press) => h("button", { type: "button", class: "second", "aria-label": label, title: label, onclick: press }, sign);
  return h(
    "div",
    { class: "zoomable" },
    svg,
    h(
      "p",
      { class: "zoom" },
      button(say("bigger"), "+", () => zoom(STEP)),
      button(say("smaller"), "−", () => zoom(1 / STEP)),
      button(say("whole"), "⤢", () => show([...whole])),
    ),
  );
}
