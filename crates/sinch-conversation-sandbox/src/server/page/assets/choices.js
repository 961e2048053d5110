// Choices, as buttons that answer as the contact.

import { button, h, icon, unseen } from "./dom.js";
import { asText, link, plain, visible } from "./text.js";

const ICONS = {
  text_message: "reply",
  call_message: "call",
  location_message: "pin",
  url_message: "link",
  calendar_message: "calendar",
  share_location_message: "pin",
};

const body = (choice) => {
  const kind = Object.keys(ICONS).find((name) => choice?.[name]);
  return [kind, choice?.[kind] ?? {}];
};

export function choiceTitle(choice) {
  const [kind, content] = body(choice);
  return asText(kind === "text_message" ? content.text : content.title) || asText(choice?.title) || "Choice";
}

// All choices of a message in the order of their indexes: those of cards, then the outer ones.
export function allChoices(message) {
  const cards = (message?.carousel_message?.cards ?? []).flatMap((card) => card.choices ?? []);
  // The choices of a list continue through its sections.
  const sections = message?.list_message?.sections ?? [];
  const items = sections.flatMap((section) => section.items ?? []).filter((item) => item.choice).map((item) => item.choice);
  const outer = ["card_message", "carousel_message", "choice_message"].flatMap((kind) => message?.[kind]?.choices ?? []);
  return [...cards, ...outer, ...items];
}

// What the contact chose, by its postback data.
export function chosen(message, id, postback) {
  const choices = allChoices(message);
  const found =
    choices.find((choice) => asText(choice.postback_data) === postback) ??
    choices.find((choice) => `${id}_${choiceTitle(choice)}` === postback);
  return found ? choiceTitle(found) : null;
}

export function choices(list, context) {
  if (!list?.length) return null;
  return h("ul", { class: "choices", "aria-label": "Choices" }, list.map((choice) => h("li", {}, single(choice, context))));
}

function single(choice, context) {
  const [kind, content] = body(choice);
  const title = choiceTitle(choice);
  const face = [icon(ICONS[kind] ?? "reply"), h("span", { dir: "auto" }, visible(title.slice(0, 300)))];
  const answer = answering(context, face, plain(title), hint(kind, content));
  if (kind !== "url_message") return answer;
  return [answer, link(content.url, "Open", { class: "open", "aria-label": `Open the link of ${plain(title)}` })];
}

function hint(kind, content) {
  if (kind === "call_message") return plain(content.phone_number);
  if (kind === "url_message") return plain(content.url);
  if (kind === "calendar_message") return plain(`${asText(content.event_title)}, ${asText(content.event_start)}`);
  return null;
}

// A button that answers with the next choice of the message.
export function answering(context, face, name, title) {
  const index = context.nextChoice++;
  const label = [face, unseen(" (answer with this)")];
  return button({ class: "choice", title, disabled: !context.choose }, label, () => context.choose?.(index, name));
}
