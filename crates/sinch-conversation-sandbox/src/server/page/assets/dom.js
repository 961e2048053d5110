// Builds the page. Everything becomes text nodes and attributes; markup is never parsed.

const SVG = "http://www.w3.org/2000/svg";

// Creates an element. `on` holds listeners; null, undefined and false omit an attribute or a child.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [type, listener] of Object.entries(value)) element.addEventListener(type, listener);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  add(element, children);
  return element;
}

export function add(parent, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

export const unseen = (text) => h("span", { class: "unseen" }, text);

const ICONS = {
  back: "M15 5l-7 7 7 7",
  call: "M6 3h4l2 5-3 2a12 12 0 0 0 5 5l2-3 5 2v4a2 2 0 0 1-2 2A17 17 0 0 1 4 5a2 2 0 0 1 2-2z",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
  clip: "M8 12l6-6a3 3 0 0 1 4 4l-8 8a5 5 0 0 1-7-7l8-8",
  close: "M6 6l12 12M18 6L6 18",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
  doubleTick: "M2 13l4 4 8-9M11 16l1 1 9-10",
  fail: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 8v5M12 16v.5",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 8v.5",
  link: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21a8 8 0 0 1 16 0",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9v.5",
  pin: "M12 21s7-6.5 7-12a7 7 0 0 0-14 0c0 5.500 7 12 7 12zM12 7a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  plus: "M12 5v14M5 12h14",
  reply: "M10 7L4 13l6 6M4 13h10a6 6 0 0 0 6-6",
  send: "M4 12l16-8-6 16-3-7z",
  swap: "M4 8h14l-4-4M20 16H6l4 4",
  tick: "M5 13l5 5L20 7",
};

// Icons are decoration; text next to them has the meaning.
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

// The first letter of a name; an icon if it has none.
export function initial(name) {
  const first = [...name].find((character) => /\p{L}/u.test(character));
  return first ? document.createTextNode(first) : icon("person");
}

// A field with a label.
export const labelled = (words, field, ...more) => h("div", { class: "field" }, h("label", { for: field.id }, words), field, ...more);

// A button that runs `action` and is disabled meanwhile.
export function button(attributes, label, action) {
  const element = h("button", { type: "button", ...attributes }, label);
  element.addEventListener("click", async () => {
    if (element.getAttribute("aria-disabled") === "true") return;
    element.setAttribute("aria-disabled", "true");
    try {
      await action(element);
    } finally {
      element.removeAttribute("aria-disabled");
    }
  });
  return element;
}
