// The history of one message: its request, its statuses, and its callbacks with every attempt.

import { channelName } from "./channels.js";
import { reasonText } from "./statuses.js";
import { plain } from "./text.js";
import { millis } from "./time.js";

// The message that a document concerns. Bodies are parsed once.
const about = new WeakMap();

function aboutMessage(item, text, find) {
  if (!about.has(item)) {
    let id = null;
    try {
      id = find(JSON.parse(text)) ?? null;
    } catch {
      // Not JSON, or cut off: the message is unknown.
    }
    about.set(item, id);
  }
  return about.get(item);
}

// A callback contains its message, or names it in its payload.
function named(body) {
  for (const [name, payload] of Object.entries(body ?? {})) {
    const whole = name === "message" || name === "message_redaction";
    const id = payload?.[whole ? "id" : "message_id"];
    if (typeof id === "string") return id;
  }
  return undefined;
}

// Ordered by time; at the same time, in the order of events.
export function stepsOf(entry, store) {
  const steps = [...requests(entry, store), ...arrival(entry), ...statuses(entry), ...callbacks(entry, store)];
  return steps.sort((a, b) => millis(a.time) - millis(b.time) || a.rank - b.rank);
}

const requests = (entry, store) => store.requests.items
  .filter((one) => one.method === "POST" && one.response && aboutMessage(one, one.response, (body) => body.message_id) === entry.id)
  .map((one) => ({
    kind: "request", key: `r${one.id}`, rank: 0, time: one.at, href: `#/requests/${one.id}`,
    words: plain(one.operation) || "Request", more: plain(one.status),
  }));

const arrival = (entry) => [{ kind: "message", key: "m", rank: 1, time: entry.time, words: entry.kind === "sent" ? "Accepted" : "Received" }];

const statuses = (entry) => (entry.statuses ?? []).map((status, index) => ({
  kind: "status", key: `s${index}${status.status}`, rank: 2, time: status.time,
  words: plain(status.status), more: status.channel && channelName(status.channel), reason: reasonText(status.reason),
}));

const callbacks = (entry, store) => store.callbacks.items
  .filter((one) => aboutMessage(one, one.body, named) === entry.id)
  .flatMap((one) => {
    const step = { kind: "callback", rank: 3, href: `#/webhooks/${one.id}`, words: plain(one.trigger) };
    const queued = { ...step, key: `c${one.id}`, time: one.queued_at, more: "callback queued" };
    const attempts = (one.attempts ?? []).map((attempt, index) => ({
      ...step, key: `c${one.id}.${index}`, rank: 4, time: attempt.at,
      more: attempt.status === undefined || attempt.status === null ? "" : `answered ${attempt.status}`, reason: plain(attempt.problem, 300),
    }));
    return [queued, ...attempts];
  });
