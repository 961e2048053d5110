// Text from outside: shown unchanged, except that characters that would be invisible or change the text direction are
// shown.

import { h } from "./dom.js";

// Control characters except tab and line breaks, changes of the text direction, and the byte order mark.
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const LONGEST = 2000;

const code = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

// Nodes for a text of any length.
export function visible(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    nodes.push(text.slice(from, match.index), h("span", { class: "hidden-character" }, code(match[0])));
    from = match.index + 1;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== "");
}

// The same as a string of one line.
export function plain(value, longest = 120) {
  const text = asText(value).slice(0, longest * 2).replace(HIDDEN, code).replace(/\s+/g, " ").trim();
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

export const asText = (value) =>
  typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);

// A paragraph; a long one is cut off, with a button for the rest. It has its own text direction.
export function paragraph(value, attributes = {}, longest = LONGEST) {
  const text = asText(value);
  const element = h("p", { dir: "auto", ...attributes, class: `words ${attributes.class ?? ""}`.trim() });
  element.append(...cut(text, longest));
  return element;
}

// Preformatted text, cut off likewise.
export function preformatted(text, attributes = {}, longest = 20000) {
  const element = h("pre", { dir: "ltr", tabindex: "0", ...attributes });
  element.append(...cut(text, longest));
  return element;
}

function cut(text, longest) {
  if (text.length <= longest) return visible(text);
  const rest = h("button", { type: "button", class: "quiet" }, `… show all ${text.length} characters`);
  rest.addEventListener("click", () => rest.replaceWith(...visible(text.slice(longest))));
  return [...visible(text.slice(0, longest)), rest];
}

// The URL, if a browser may be sent to it; otherwise null.
export function webAddress(value) {
  try {
    const url = new URL(asText(value));
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

// A link for an http or https URL, otherwise the URL as text.
export function link(address, label, attributes = {}) {
  const href = webAddress(address);
  const words = asText(label) || asText(address);
  if (href === null) {
    const shown = words === asText(address) ? words : `${words} (${asText(address)})`;
    return h("span", { dir: "auto", ...attributes }, visible(shown.slice(0, LONGEST)));
  }
  const outside = { href, target: "_blank", rel: "noopener noreferrer", referrerpolicy: "no-referrer" };
  return h("a", { dir: "auto", ...attributes, ...outside }, visible(words.slice(0, LONGEST)));
}
