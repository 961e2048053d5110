// The list of chats, next to the phone.

import { badge } from "./channels.js";
import { chat } from "./chat.js";
import { h, icon, initial } from "./dom.js";
import { describeEvent } from "./events.js";
import { Keyed } from "./keyed.js";
import { preview } from "./messages.js";
import { newChat } from "./newchat.js";
import { firstSteps } from "./overview.js";
import { Roving } from "./roving.js";
import { sendAsApp } from "./sendapp.js";
import { go } from "./tabs.js";
import { appName, isEvent, nameOf, side, threads } from "./threads.js";
import { plain } from "./text.js";
import { clock } from "./time.js";

const PAGE = 100;

export function chats(panel, store) {
  let shown = PAGE;
  let open = "";
  const filter = h("input", { type: "search", id: "chat-filter", placeholder: "Find a chat", "aria-label": "Find a chat by name, app or identity" });
  const list = h("ul", { class: "chat-list", "aria-label": "Chats" });
  const older = h("button", { type: "button", class: "quiet wide", hidden: true }, "Show more chats");
  const dialog = newChat(store, (key) => go("chats", key));
  const start = h("button", { type: "button", class: "primary", id: "new-chat" }, icon("plus"), "New chat");
  const side = h("nav", { class: "chat-side", "aria-label": "Chats" }, h("div", { class: "chat-tools" }, filter, start), list, older);
  const sender = sendAsApp(store, (key) => go("chats", key));
  const speak = h("button", { type: "button", class: "plain", id: "send-as-app" }, icon("send"), "Send as the app");
  side.querySelector(".chat-tools").append(speak);
  const phone = chat(store, () => go("chats"));
  const empty = h("div", { class: "chat-empty" });
  panel.append(side, phone.element, empty, phone.inspector, dialog.element, sender.element);

  const rows = new Keyed(list, (item) => row(item.thread, store, item.key === open));
  const roving = new Roving(list, ".chat-row");
  start.addEventListener("click", () => dialog.open());
  speak.addEventListener("click", () => sender.open(threads(store).find((one) => one.key === open)));
  older.addEventListener("click", () => ((shown += PAGE), update()));
  filter.addEventListener("input", () => update());

  function update() {
    const all = threads(store);
    const found = matching(all, filter.value, store);
    rows.show(found.slice(0, shown).map((thread) => ({ key: thread.key, thread, signature: signature(thread, store, thread.key === open) })));
    older.hidden = found.length <= shown;
    roving.refresh(list.querySelector("[aria-current]") ?? list.querySelector(".chat-row"));
    const thread = all.find((one) => one.key === open);
    panel.dataset.open = thread ? "yes" : "no";
    start.hidden = store.apps.size === 0;
    speak.hidden = start.hidden;
    phone.show(thread ?? null);
    showEmpty(empty, store, all, thread, open);
  }

  return {
    update,
    show(detail) {
      open = detail;
      shown = Math.max(shown, PAGE);
      update();
    },
  };
}

function matching(all, words, store) {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return all;
  return all.filter((thread) => {
    const contact = store.contacts.get(thread.contact_id);
    const identities = (contact?.channel_identities ?? []).map((one) => one.identity);
    return [nameOf(thread, store), appName(thread.app_id, store), thread.identity, ...identities].join(" ").toLowerCase().includes(wanted);
  });
}

const signature = (thread, store, current) =>
  [thread.latest?.id, thread.time, nameOf(thread, store), appName(thread.app_id, store), current].join("|");

function row(thread, store, current) {
  const name = plain(nameOf(thread, store), 60);
  return h("li", {}, h("a", { class: "chat-row", href: `#/chats/${encodeURIComponent(thread.key)}`, "aria-current": current && "true" },
    h("span", { class: "avatar", "aria-hidden": "true" }, initial(name)),
    h("span", { class: "chat-name", dir: "auto" }, name),
    thread.latest && h("span", { class: "chat-time" }, clock(thread.latest.time)),
    h("span", { class: "chat-preview", dir: "auto" }, last(thread)),
    h("span", { class: "chat-app" }, badge(thread.latest?.channel ?? thread.channel), " ", h("span", { dir: "auto" }, plain(appName(thread.app_id, store), 40)))));
}

function last({ latest }) {
  if (!latest) return "No messages yet";
  const from = side(latest) === "contact";
  if (isEvent(latest)) return describeEvent(latest.event, from ? "The contact" : "The app");
  return `${from ? "You: " : ""}${preview(latest.message)}`;
}

function showEmpty(empty, store, all, thread, open) {
  empty.hidden = Boolean(thread) || !store.ready;
  if (empty.hidden) return;
  const kind = all.length === 0 ? `first ${store.apps.size > 0}` : `choose ${Boolean(open)}`;
  if (empty.dataset.kind === kind) return;
  empty.dataset.kind = kind;
  if (all.length === 0) {
    empty.replaceChildren(...firstSteps(store));
  } else {
    empty.replaceChildren(h("p", { class: "empty" }, open ? "This chat does not exist any more. Choose another one." : "Choose a chat, or start a new one."));
  }
}
