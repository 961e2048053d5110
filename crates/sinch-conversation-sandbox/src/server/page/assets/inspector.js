// The details of one message, next to the phone.

import { channelName } from "./channels.js";
import { button, h, icon } from "./dom.js";
import { folded } from "./json.js";
import { snippets } from "./snippets.js";
import { stepsOf } from "./steps.js";
import { plain, visible } from "./text.js";
import { exact } from "./time.js";

export function inspector(store) {
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
    const steps = stepsOf(entry, store);
    const now = `${entry.id} ${steps.map((step) => step.key)}`;
    if (now === signature) return;
    signature = now;
    // What was copied stays visible while the message is delivered.
    const copies = body.dataset.entry === entry.id ? body.querySelector(".snippets") : copiesOf(entry, store);
    body.dataset.entry = entry.id;
    for (const child of [...body.children]) if (child !== copies) child.remove();
    if (copies && copies.parentNode !== body) body.append(copies);
    body.prepend(facts(entry), h("h3", {}, "Timeline"), history(steps));
    body.append(folded("Message as JSON", entry.message ?? entry.event ?? {}, { open: true }), folded("Everything", entry));
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

function copiesOf(entry, store) {
  const request = requestOf(entry, store);
  return request && snippets(request.request, request);
}

// Messages of apps are sent with the API, those of contacts with a control; others are in the list of requests.
function requestOf(entry, store) {
  const { app_id, channel, identity, message } = entry;
  if (!message || !channel || !identity) return null;
  if (entry.kind === "received") {
    return { request: posted("/_sandbox/handset", { app_id, channel, identity, contact_message: message }), rust: false };
  }
  if (entry.kind !== "sent") return null;
  const recipient = { identified_by: { channel_identities: [{ channel, identity }] } };
  const body = { app_id, recipient, message, ...(entry.metadata ? { message_metadata: entry.metadata } : {}) };
  return { request: posted(`/v1/projects/${encodeURIComponent(store.state?.project_id)}/messages:send`, body) };
}

const posted = (path, body) => ({ method: "POST", path, body: JSON.stringify(body) });

function history(steps) {
  return h("ol", { class: "history", "aria-label": "Timeline of the message" }, steps.map((step) => h("li", { class: `step-${step.kind}` },
    exact(step.time), " ", step.href ? h("a", { href: step.href }, step.words) : h("strong", {}, step.words), " ", step.more,
    step.reason && h("p", { class: "reason" }, step.reason))));
}
