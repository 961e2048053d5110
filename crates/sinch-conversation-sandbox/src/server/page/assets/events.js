// Events as lines between the messages.

import { h } from "./dom.js";
import { folded } from "./json.js";
import { asText, plain } from "./text.js";

const agent = (body) => plain(body.agent?.display_name) || "An agent";

const EVENTS = {
  agent_joined_event: (body) => `${agent(body)} joined`,
  agent_left_event: (body) => `${agent(body)} left`,
  comment_event: (body) => `Comment: ${plain(body.text)}`,
  comment_reply_event: (body) => `Reply to a comment: ${plain(body.text)}`,
  composing_event: (_, who) => `${who} is typing`,
  composing_end_event: (_, who) => `${who} stopped typing`,
  conversation_deleted_event: () => "The contact deleted the conversation",
  generic_event: () => "Generic event",
  payment_status_update_event: (body) => `Payment: ${plain(body.payment_status ?? body.payment_transaction_status)}`,
  reaction_event: (body) => (body.action === "REACTION_ACTION_UNREACT" ? `Took back ${plain(body.emoji)}` : `Reacted with ${plain(body.emoji)}`),
  read_message_event: () => "The app marked as read",
  shortlink_activated_event: (body) => `Opened the short link ${plain(body.payload ?? body.title)}`,
};

export function describeEvent(event, who) {
  const inner = event?.contact_event ?? event?.contact_message_event ?? event?.app_event ?? event ?? {};
  const kind = Object.keys(EVENTS).find((name) => inner[name]);
  return kind ? EVENTS[kind](inner[kind], who) : "Event";
}

export const renderEvent = (event, who) => [
  h("p", { class: "event-words", dir: "auto" }, describeEvent(event, who)),
  folded("JSON", event ?? asText(event)),
];
