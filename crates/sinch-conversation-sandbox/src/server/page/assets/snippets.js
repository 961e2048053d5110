// A request as code to copy, made by the sandbox: for a shell, and for the Rust client.

import { announce, complain, trying } from "./announce.js";
import * as api from "./api.js";
import { button, h } from "./dom.js";
import { preformatted } from "./text.js";

// Copies to the clipboard, if the browser allows it.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    announce("Copied");
  } catch {
    complain("The browser does not allow this page to copy; select the text instead.");
  }
}

// Buttons that copy a request {method, path, body} and show what they copied. `rust` says whether there is Rust code.
export function snippets(request, { rust = true } = {}) {
  const place = h("div", { class: "snippet" });
  const single = (language, label) => button({ class: "plain", "data-stay": `copy-${language}` }, `Copy as ${label}`, () => trying(async () => {
    const written = await api.snippets(request);
    const text = written[language] ?? "";
    place.replaceChildren(preformatted(text, { "aria-label": `The request as ${label}` }));
    await copy(text);
  }));
  return h("div", { class: "snippets" }, h("div", { class: "buttons" }, single("curl", "curl"), rust && single("rust", "Rust")), place);
}
