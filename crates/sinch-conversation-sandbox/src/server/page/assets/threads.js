// Sorts entries into threads between a person and an app. DISPATCH mode has no contacts; people are identified by app,
// channel and identity.

import { millis } from "./time.js";
import { asText } from "./text.js";

export function threadKey(entry) {
  return entry.contact_id
    ? `${entry.app_id}/${entry.contact_id}`
    : `${entry.app_id}/${entry.channel}/${encodeURIComponent(entry.identity ?? "")}`;
}

// Whether it is on the side of the app or of the contact.
export function side(entry) {
  if (entry.kind === "injected") return isFromContact(entry) ? "contact" : "app";
  return entry.kind === "received" || entry.kind === "event_received" ? "contact" : "app";
}

// Kinds that only contacts send; for others `direction` decides, if present.
const OF_CONTACTS = ["choice_response_message", "fallback_message", "media_card_message", "product_response_message"];
const isFromContact = ({ direction, message }) => direction === "TO_APP" || OF_CONTACTS.some((kind) => message?.[kind]);

export const isEvent = (entry) => Boolean(entry.event) || entry.kind?.startsWith("event");

// All threads, the latest first, also conversations without messages.
export function threads(store) {
  const found = new Map();
  const at = (key, from) => {
    if (!found.has(key)) {
      const { app_id, contact_id, channel, identity } = from;
      found.set(key, { key, app_id, contact_id, channel, identity, entries: [], latest: null, conversation: null, time: 0 });
    }
    return found.get(key);
  };
  for (const entry of store.timeline.items) {
    const thread = at(threadKey(entry), entry);
    thread.entries.push(entry);
    const time = millis(entry.time);
    if (time >= thread.time || !thread.latest) {
      thread.time = Math.max(time, thread.time);
      if (!isEvent(entry) || !thread.latest) thread.latest = entry;
    }
  }
  for (const conversation of store.conversations.values()) {
    if (!conversation.contact_id) continue;
    const thread = at(threadKey(conversation), { ...conversation, channel: conversation.active_channel });
    thread.conversation = conversation;
    thread.time ||= millis(conversation.last_received);
  }
  return [...found.values()].sort((a, b) => b.time - a.time);
}

// The name of a contact that the API created.
const NAMELESS = "Unknown";

export function nameOf(thread, store) {
  const given = asText(store.contacts.get(thread.contact_id)?.display_name);
  return (given !== NAMELESS && given) || asText(addresses(thread, store)[0]?.identity) || asText(thread.identity) || NAMELESS;
}

export const appName = (id, store) => asText(store.apps.get(id)?.display_name) || id;

export const channelsOf = (app) =>
  [...new Set((app?.channel_credentials ?? []).map((credentials) => credentials.channel))];

// The identities of the latest contacts on a channel.
export function knownIdentities(store, channel) {
  const all = [...store.contacts.values()].slice(-200).flatMap((contact) => contact.channel_identities ?? []);
  return [...new Set(all.filter((one) => one.channel === channel).map((one) => one.identity))];
}

// The channels and identities with which this person can write: those of the contact on the app's channels, and those
// used before. The last one used comes first.
export function addresses(thread, store) {
  const configured = channelsOf(store.apps.get(thread.app_id));
  const known = new Map();
  const put = (channel, identity) => {
    if (channel && identity && (configured.length === 0 || configured.includes(channel))) {
      known.set(`${channel} ${identity}`, { channel, identity });
    }
  };
  if (thread.latest) put(thread.latest.channel, thread.latest.identity);
  for (const entry of thread.entries) put(entry.channel, entry.identity);
  for (const one of store.contacts.get(thread.contact_id)?.channel_identities ?? []) {
    if (!one.app_id || one.app_id === thread.app_id) put(one.channel, one.identity);
  }
  return [...known.values()];
}

// The entries of a thread by time; entries of the same time stay in order.
export const inOrder = (thread) => thread.entries.toSorted((a, b) => millis(a.time) - millis(b.time));
