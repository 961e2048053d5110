// The contact's phone: the messages of one thread, and the form to answer.

import { announce, trying } from "./announce.js";
import * as api from "./api.js";
import { badge } from "./channels.js";
import { composer } from "./composer.js";
import { button, h, icon, initial, unseen } from "./dom.js";
import { describeEvent, renderEvent } from "./events.js";
import { inspector } from "./inspector.js";
import { Keyed } from "./keyed.js";
import { preview, renderEntry } from "./messages.js";
import { Roving } from "./roving.js";
import { failure, reasonText, ticks, words } from "./statuses.js";
import { plain } from "./text.js";
import { addresses, appName, inOrder, isEvent, nameOf, side } from "./threads.js";
import { clock, day } from "./time.js";

const PAGE = 60;

export function chat(store, back) {
  let thread = null;
  let shown = PAGE;
  let heard = null;
  const title = h("h2", { class: "phone-name", dir: "auto", id: "phone-name" });
  const about = h("p", { class: "phone-about" });
  const head = h("header", { class: "phone-head" },
    button({ class: "quiet back", "aria-label": "Back to all chats" }, icon("back"), back),
    h("span", { class: "avatar", "aria-hidden": "true" }), h("div", { class: "phone-who" }, title, about));
  const older = button({ class: "quiet wide", hidden: true }, "Older messages", () => more());
  const list = h("ol", { class: "messages", "aria-label": "Messages" });
  const scroller = h("div", { class: "scroller" }, older, list);
  const box = composer(store);
  const details = inspector(store);
  const element = h("section", { class: "phone", "aria-labelledby": "phone-name", hidden: true },
    h("div", { class: "screen" }, head, scroller, box.element));
  const rows = new Keyed(list, (item) => item.day ? h("li", { class: "day" }, item.day) : row(item.entry));
  const roving = new Roving(list, ".message");

  function more() {
    const height = scroller.scrollHeight;
    shown += PAGE;
    render();
    scroller.scrollTop += scroller.scrollHeight - height;
  }

  function show(next) {
    const other = next?.key !== thread?.key;
    thread = next;
    element.hidden = !thread;
    if (other) {
      shown = PAGE;
      heard = null;
      details.close();
      box.reset();
    }
    if (!thread) return;
    const low = other || scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
    render();
    if (low) scroller.scrollTop = scroller.scrollHeight;
    const open = details.entryId && store.timeline.get(details.entryId);
    if (open) details.update(open);
  }

  function render() {
    const entries = inOrder(thread);
    const name = plain(nameOf(thread, store), 60);
    title.textContent = name;
    head.querySelector(".avatar").replaceChildren(initial(name));
    about.replaceChildren(...aboutNodes());
    older.hidden = entries.length <= shown;
    rows.show(withDays(entries.slice(-shown)));
    roving.refresh();
    box.show(thread, addresses(thread, store));
    tell(entries);
  }

  function aboutNodes() {
    const app = h("span", { dir: "auto" }, plain(appName(thread.app_id, store), 40));
    const ended = thread.conversation && thread.conversation.active === false && " · conversation stopped";
    return [h("span", {}, "with "), app, ended].filter(Boolean);
  }

  function row(entry) {
    const from = side(entry);
    const speaker = from === "contact" ? "The contact" : "The app";
    if (isEvent(entry)) return h("li", { class: "message event" }, renderEvent(entry.event, speaker));
    const canAnswer = from === "app" && entry.channel && entry.identity;
    const context = {
      entry,
      lookup: (id) => store.timeline.get(id),
      choose: canAnswer && ((index, name) => choose(entry, index, name)),
      say: canAnswer && ((words) => say(entry, words)),
    };
    return h("li", { class: `message from-${from}`, "data-id": entry.id },
      h("div", { class: "bubble" },
        unseen(`${speaker}${entry.kind === "injected" ? " (injected)" : ""}: `),
        content(entry, context),
        from === "app" && failure(entry)),
      h("div", { class: "meta" }, clock(entry.time), badge(entry.channel),
        entry.kind === "injected" ? h("span", {}, "injected") : from === "app" && ticks(entry),
        canRead(entry) && button({ class: "quiet" }, ["Mark as read", unseen(`: ${preview(entry.message)}`)], () => read(entry)),
        button({ class: "quiet", "aria-label": `Details of ${preview(entry.message)}` }, icon("info"), (opener) => details.open(entry, opener))));
  }

  const person = (entry) => ({ app_id: entry.app_id, channel: entry.channel, identity: entry.identity });

  const choose = (entry, index, name) => trying(async () => {
    await api.handset(person(entry), { choice: { message_id: entry.id, index } });
    announce(`Answered with ${name}`);
    await store.refresh();
  });

  const say = (entry, text) => trying(async () => {
    await api.handset(person(entry), { text });
    announce(`Answered with ${text}`);
    await store.refresh();
  });

  const read = (entry) => trying(async () => {
    await api.handset(person(entry), { read: entry.id });
    store.timeline.watch(entry.id);
    await store.refresh();
  });

  // Announces what is new since the last time, and how sends proceeded.
  function tell(entries) {
    const now = new Map(entries.slice(-PAGE).map((entry) => [entry.id, entry.statuses?.length ?? 0]));
    for (const entry of heard ? entries.slice(-PAGE) : []) {
      if (!heard.has(entry.id)) announce(said(entry));
      else if (heard.get(entry.id) !== now.get(entry.id)) announce(progress(entry));
    }
    heard = now;
  }

  return { element, inspector: details.element, show };
}

// Channels without read reports.
const BLIND = ["SMS", "MMS", "TELEGRAM"];
const canRead = (entry) => entry.kind === "sent" && !BLIND.includes(entry.channel) && entry.statuses?.at(-1)?.status === "DELIVERED";

function content(entry, context) {
  try {
    return renderEntry(context);
  } catch {
    return h("p", { class: "words" }, "This message cannot be shown; its details have it as JSON.");
  }
}

function said(entry) {
  const from = side(entry) === "contact" ? "The contact" : "The app";
  return isEvent(entry) ? describeEvent(entry.event, from) : `${from}: ${preview(entry.message)}`;
}

function progress(entry) {
  const latest = entry.statuses.at(-1);
  return [words(latest.status), reasonText(latest.reason), preview(entry.message)].filter(Boolean).join(": ");
}

// Puts a line above the first message of each day.
function withDays(entries) {
  const items = [];
  let before = "";
  for (const entry of entries) {
    const today = day(entry.time);
    if (today !== before) items.push({ key: `day ${today}`, signature: today, day: today });
    before = today;
    const latest = entry.statuses?.at(-1);
    items.push({ key: entry.id, entry, signature: [entry.statuses?.length, latest?.status, entry.channel, Boolean(entry.rendered)].join("|") });
  }
  return items;
}
