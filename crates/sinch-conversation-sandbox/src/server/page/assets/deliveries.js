// Callbacks to webhooks: what was posted, its signature, and the response.

import { announce, trying } from "./announce.js";
import * as api from "./api.js";
import { button, h } from "./dom.js";
import { pairs } from "./inspector.js";
import { folded, pretty } from "./json.js";
import { splitList } from "./splitlist.js";
import { plain, preformatted } from "./text.js";
import { appName } from "./threads.js";
import { exact } from "./time.js";

const STATES = { pending: "waiting", delivered: "delivered", abandoned: "given up", dropped: "dropped" };

export function deliveries(panel, store) {
  return splitList(panel, {
    name: "webhooks",
    title: "Webhook deliveries",
    items: () => store.callbacks.items,
    signature: (callback) => `${callback.queued_at} ${callback.state} ${callback.attempts?.length}`,
    filters: [
      { label: "all", test: () => true },
      { label: "failed", test: (callback) => failed(callback) },
      { label: "waiting", test: (callback) => callback.state === "pending" },
      { label: "inbound messages", test: (callback) => callback.trigger === "MESSAGE_INBOUND" },
      { label: "delivery receipts", test: (callback) => callback.trigger === "MESSAGE_DELIVERY" },
    ],
    row,
    detail: (callback) => detail(callback, store),
    empty: () => [
      h("p", { class: "empty" }, "No callbacks yet."),
      h("p", { class: "faint" }, "Create a webhook for an app (POST /v1/projects/…/webhooks); its callbacks appear here, with every delivery attempt."),
    ],
  });
}

const failed = (callback) => callback.state === "abandoned" || (callback.attempts ?? []).some((attempt) => !good(attempt));
const good = (attempt) => attempt.status >= 200 && attempt.status < 300;
const outcome = (attempt) => attempt.status ?? (plain(attempt.problem, 300) || "no response");

function state(callback) {
  const last = callback.attempts?.at(-1);
  const code = last?.status ? ` · ${last.status}` : "";
  return h("span", { class: `state state-${plain(callback.state, 20)}` }, `${STATES[callback.state] ?? plain(callback.state, 20)}${code}`);
}

const row = (callback) => [
  h("span", { class: "log-name" }, plain(callback.trigger)),
  state(callback),
  h("span", { class: "log-more", dir: "auto" }, plain(callback.target, 90)),
  h("span", { class: "log-time" }, exact(callback.queued_at)),
];

const detail = (callback, store) => [
  h("h3", {}, plain(callback.trigger), " ", state(callback)),
  pairs([
    ["To", callback.target],
    ["App", plain(appName(callback.app_id, store))],
    ["Webhook", callback.webhook_id ?? "none: the message had a callback_url"],
    ["Queued", exact(callback.queued_at)],
  ]),
  button({ class: "primary", "data-stay": "resend" }, "Resend", () => resend(callback, store)),
  h("h4", {}, "Attempts"),
  attempts(callback),
  h("h4", {}, "Payload"),
  preformatted(pretty(callback.body ?? ""), { "aria-label": "Payload" }),
];

function attempts(callback) {
  if (!callback.attempts?.length) return h("p", { class: "faint" }, "None yet.");
  return h("ol", { class: "attempts" }, callback.attempts.map((attempt) => h("li", {},
    h("p", {}, exact(attempt.at), " ", h("strong", { class: good(attempt) ? "ok" : "reason" }, outcome(attempt)), attempt.replay && " replayed"),
    signature(attempt.headers),
    attempt.response && folded("Response", attempt.response, { open: !good(attempt) }))));
}

// The headers of the signature are listed; others are folded.
function signature(headers) {
  const all = Object.entries(headers ?? {});
  const signed = all.filter(([name]) => name.toLowerCase().startsWith("x-sinch-webhook-signature"));
  if (signed.length === 0) return h("p", { class: "faint" }, all.length === 0 ? "" : "Not signed: the webhook has no secret.");
  const short = (name) => name.toLowerCase().replace("x-sinch-webhook-", "");
  return pairs(signed.map(([name, value]) => [short(name), value]));
}

const resend = (callback, store) => trying(async () => {
  store.callbacks.watch(callback.id);
  await api.replay(callback.id);
  announce("Sent again");
  await store.refresh();
});
