// Elements, made short. Styles are classes: the policy of the pages allows no style attributes.

function made(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

/** Return an HTML element with attributes and children; `onclick` and the like are listeners. */
export function h(name, attributes = {}, ...children) {
  return made(document.createElement(name), attributes, children);
}

/** Return an SVG element, likewise. */
export function s(name, attributes = {}, ...children) {
  return made(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

/** Return a button that copies what `text()` gives, and says so. */
export function copyButton(label, done, text) {
  const button = h("button", { type: "button", class: "second copy" }, label);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text());
    button.textContent = done;
    setTimeout(() => (button.textContent = label), 2000);
  });
  return button;
}
