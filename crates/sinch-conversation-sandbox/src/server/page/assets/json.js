// JSON, folded.

import { h } from "./dom.js";
import { preformatted } from "./text.js";

// Formats a string that may be JSON, with line breaks and indents if it is.
export function pretty(value) {
  if (typeof value !== "string") return JSON.stringify(value, null, 2) ?? "";
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`This is not JSON: ${error.message}`);
  }
}

export function folded(title, value, attributes = {}) {
  const details = h("details", { class: "folded", ...attributes }, h("summary", {}, title));
  const fill = () => {
    if (details.open && details.childElementCount === 1) details.append(preformatted(pretty(value)));
  };
  details.addEventListener("toggle", fill);
  fill();
  return details;
}
