// The views behind the tabs. The address names the open one and the item in it: #/webhooks/12.

import { Roving } from "./roving.js";

const NAMES = ["chats", "webhooks", "requests", "controls", "overview"];

export function route() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  let detail = rest.join("/");
  try {
    detail = decodeURIComponent(detail);
  } catch {
    detail = "";
  }
  return { name: NAMES.includes(name) ? name : "chats", detail };
}

export function go(name, detail = "") {
  location.hash = detail ? `#/${name}/${encodeURIComponent(detail)}` : `#/${name}`;
}

// `show(name, detail)` is called when another view or another item is opened.
export function tabs(show) {
  const list = document.querySelector("[role=tablist]");
  const tab = (name) => document.getElementById(`tab-${name}`);
  const roving = new Roving(list, "[role=tab]", { across: true, chosen: (item) => item.click() });
  for (const name of NAMES) tab(name).addEventListener("click", () => go(name));
  const update = () => {
    const { name, detail } = route();
    for (const one of NAMES) {
      tab(one).setAttribute("aria-selected", String(one === name));
      document.getElementById(`panel-${one}`).hidden = one !== name;
    }
    roving.set(tab(name));
    document.title = `${tab(name).textContent} – Sandbox`;
    show(name, detail);
  };
  addEventListener("hashchange", update);
  update();
}
