// A card of the panel of controls, and the error below its form.

import { h } from "./dom.js";

export function card(id, title, about, ...children) {
  return h("section", { class: "control-card", "aria-labelledby": id }, h("h2", { id }, title), h("p", { class: "faint" }, about), children);
}

export const complaint = () => h("p", { class: "reason", role: "alert" });
