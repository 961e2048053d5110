// Everything about one message, beside the phone.

import { channelName } from "./channels.js";
import { button, h, icon } from "./dom.js";
import { folded } from "./json.js";
import { reasonText } from "./statuses.js";
import { plain, visible } from "./text.js";
import { exact } from "./time.js";

export function inspector() {
  let opener = null;
  const body = h("div", { class: "inspector-body" });
  const closer = button({ class: "quiet", "aria-label": "Close the details" }, icon("close"), () => close(true));
  const element = h("aside", { class: "inspector", "aria-label": "Details of the message", hidden: true },
    h("header", {}, h("h2", {}, "Details"), closer), body);
  element.addEventListener("keydown", (event) => event.key === "Escape" && close(true));
  let signature = "";
  const inspected = { element, entryId: null, open, update, close: () => close(false) };

  function open(entry, from) {
    opener = from;
    inspected.entryId = entry.id;
    element.hidden = false;
    update(entry);
    closer.focus();
  }

  function update(entry) {
    const now = `${entry.id} ${entry.statuses?.length}`;
    if (now === signature) return;
    signature = now;
    body.replaceChildren(facts(entry), history(entry), folded("Message as JSON", entry.message ?? entry.event ?? {}, { open: true }), folded("Everything", entry));
  }

  function close(refocus) {
    element.hidden = true;
    inspected.entryId = null;
    signature = "";
    if (refocus && opener?.isConnected) opener.focus();
    opener = null;
  }

  return inspected;
}

const facts = (entry) => pairs([
  ["Message", entry.id],
  ["Contact", entry.contact_id],
  ["Conversation", entry.conversation_id],
  ["Channel", entry.channel && `${channelName(entry.channel)} ${plain(entry.identity)}`],
  ["Mode", entry.processing_mode],
  ["Metadata", entry.metadata],
]);

export function pairs(rows) {
  const given = rows.filter(([, value]) => value !== undefined && value !== null && value !== "");
  return h("dl", { class: "facts" }, given.map(([name, value]) => [
    h("dt", {}, name),
    h("dd", { dir: "auto" }, value instanceof Node ? value : visible(plain(value, 1100))),
  ]));
}

function history(entry) {
  if (!entry.statuses?.length) return h("p", { class: "faint" }, entry.kind === "sent" ? "No status yet." : "");
  return h("ol", { class: "history", "aria-label": "Statuses" }, entry.statuses.map((status) => h("li", {},
    exact(status.time), " ", h("strong", {}, plain(status.status)), " ", status.channel && channelName(status.channel),
    status.reason && h("p", { class: "reason" }, reasonText(status.reason)))));
}
