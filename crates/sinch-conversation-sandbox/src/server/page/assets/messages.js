// A message as the phone shows it: one function per kind.

import { channelName } from "./channels.js";
import { allChoices, choices, chosen, answering, choiceTitle } from "./choices.js";
import { h, icon } from "./dom.js";
import { folded } from "./json.js";
import { media, place } from "./media.js";
import { asText, link, paragraph, plain, visible } from "./text.js";

const strong = (text) => asText(text) && paragraph(text, { class: "strong" });
const faint = (text) => asText(text) && paragraph(text, { class: "faint" });
const tag = (words) => h("p", { class: "tag" }, words);

const text = (body) => paragraph(body.text);

const card = (body, context) => h("div", { class: "card" },
  body.media_message && media(body.media_message),
  strong(body.title),
  asText(body.description) && paragraph(body.description),
  choices(body.choices, context));

function carousel(body, context) {
  const cards = (body.cards ?? []).map((one) => h("li", {}, card(one, context)));
  const strip = h("ul", { class: "carousel", "aria-label": `Carousel of ${cards.length} cards` }, cards);
  return [strip, choices(body.choices, context)];
}

const choice = (body, context) => [
  body.text_message && text(body.text_message),
  choices(body.choices, context),
];

function list(body, context) {
  const sections = (body.sections ?? []).map((section) => h("div", { class: "section" },
    strong(section.title),
    h("ul", { class: "choices" }, (section.items ?? []).map((item) => h("li", {}, listItem(item, context))))));
  const menu = plain(body.message_properties?.menu) || "Options";
  return [
    strong(body.title),
    asText(body.description) && paragraph(body.description),
    body.media && media(body.media),
    h("details", { class: "menu", open: true }, h("summary", {}, menu), sections),
  ];
}

function listItem(item, context) {
  if (item.product) return product(item.product);
  const title = choiceTitle(item.choice);
  const more = asText(item.choice?.description);
  const face = h("span", { dir: "auto" }, visible(title.slice(0, 300)),
    more && [" ", h("span", { class: "faint block" }, visible(more.slice(0, 300)))]);
  return [answering(context, face, plain(title)), item.choice?.media && media(item.choice.media)];
}

function product(body) {
  const price = [body.item_price, body.currency].filter((part) => part !== undefined).map((part) => plain(part)).join(" ");
  const count = body.quantity > 1 ? `${plain(body.quantity)} × ` : "";
  return h("p", { class: "words product" }, `${count}${plain(body.id)} `,
    h("span", { class: "faint block" }, [plain(body.marketplace), price].filter(Boolean).join(" · ")));
}

function contactInfo(body) {
  const rows = [
    ...(body.phone_numbers ?? []).map((one) => [one.type || "Phone", asText(one.phone_number)]),
    ...(body.email_addresses ?? []).map((one) => [one.type || "Email", asText(one.email_address)]),
    ...(body.urls ?? []).map((one) => [one.type || "Web", link(one.url)]),
    ...(body.addresses ?? []).map((one) => [one.type || "Address", [one.city, one.state, one.zip, one.country].filter(Boolean).map(asText).join(", ")]),
    ["Birthday", asText(body.birthday)],
  ].filter(([, value]) => value);
  const work = [body.organization?.title, body.organization?.department, body.organization?.company].filter(Boolean).map(asText);
  return h("div", { class: "vcard" },
    h("p", { class: "words strong", dir: "auto" }, icon("person"), " ", visible(asText(body.name?.full_name))),
    faint(work.join(", ")),
    h("dl", {}, rows.map(([name, value]) => [
      h("dt", {}, plain(name, 30)),
      h("dd", { dir: "auto" }, typeof value === "string" ? visible(value.slice(0, 500)) : value),
    ])));
}

function template(body, context) {
  const channel = context.entry?.channel;
  const used = body.channel_template?.[channel] ?? body.omni_template ?? Object.values(body.channel_template ?? {})[0] ?? {};
  const name = [used.template_id, used.version && `version ${used.version}`, used.language_code].filter(Boolean).map((part) => plain(part));
  const rendered = context.entry?.rendered;
  return [
    tag(`Template ${name.join(", ")}`),
    rendered && renderMessage(rendered, { ...context, entry: { ...context.entry, rendered: undefined } }),
    !rendered && parameters(used.parameters),
  ];
}

function parameters(given) {
  const rows = Object.entries(given ?? {});
  if (rows.length === 0) return faint("no parameters");
  return h("dl", {}, rows.map(([name, value]) => [h("dt", {}, plain(name, 60)), h("dd", { dir: "auto" }, visible(asText(value).slice(0, 500)))]));
}

function choiceResponse(body, context) {
  const to = context.lookup?.(body.message_id);
  const find = (message) => chosen(message, body.message_id, asText(body.postback_data));
  const title = find(to?.rendered) ?? find(to?.message);
  return [
    title && paragraph(title),
    h("p", { class: title ? "faint words" : "words" }, title ? "choice · postback " : "Postback ", h("code", { dir: "auto" }, visible(asText(body.postback_data).slice(0, 500)))),
  ];
}

const fallback = (body) => [
  tag("Not supported by the channel"),
  faint([body.reason?.code, body.reason?.description].filter(Boolean).map(asText).join(": ")),
  folded("Raw message", body.raw_message ?? ""),
];

const products = (body) => [
  strong(body.title),
  h("ul", { class: "choices" }, (body.products ?? []).map((one) => h("li", {}, product(one)))),
];

const KINDS = {
  text_message: text,
  card_message: card,
  carousel_message: carousel,
  choice_message: choice,
  choice_response_message: choiceResponse,
  contact_info_message: contactInfo,
  fallback_message: fallback,
  list_message: list,
  location_message: place,
  media_card_message: (body) => media(body, body.caption),
  media_message: (body) => media(body),
  product_response_message: products,
  template_message: template,
};

export const kindOf = (message) => Object.keys(KINDS).find((kind) => message?.[kind]);

// Content for one channel only is shown raw.
function extras(message) {
  return [
    ...Object.entries(message.explicit_channel_message ?? {}).map(([channel, raw]) => folded(`As sent on ${channelName(channel)}`, raw)),
    ...Object.entries(message.explicit_channel_omni_message ?? {}).map(([channel, raw]) => folded(`Instead on ${channelName(channel)}`, raw)),
    message.channel_specific_message && folded(`Only for this channel: ${plain(message.channel_specific_message.message_type)}`, message.channel_specific_message),
  ];
}

// `context` has the entry, `lookup(message_id)`, and `choose(index, name)` if choices can be answered.
export function renderMessage(message, context) {
  const inner = message ?? {};
  context.nextChoice ??= 0;
  const agent = asText(inner.agent?.display_name);
  const answered = inner.reply_to?.message_id && context.lookup?.(inner.reply_to.message_id);
  const kind = kindOf(inner);
  return [
    agent && h("p", { class: "tag", dir: "auto" }, visible(agent)),
    answered && h("blockquote", { dir: "auto" }, preview(answered.message)),
    kind ? KINDS[kind](inner[kind], context) : null,
    extras(inner),
    !kind && Object.keys(inner).length > 0 && !inner.explicit_channel_message && !inner.channel_specific_message && folded("Message", inner),
  ];
}

// Renders an entry of the timeline as the person sees it, which differs from what the app sent if the channel does not
// support the kind of message. A choice that became text is answered with its text, as a person would type it.
export function renderEntry(context) {
  const { message, rendered, channel } = context.entry;
  if (!rendered || message?.template_message || isSame(rendered, message)) return renderMessage(message, context);
  const adapted = renderMessage(rendered, context);
  const lost = allChoices(rendered).length === 0 ? allChoices(message) : [];
  const typing = { ...context, nextChoice: 0, choose: context.say && ((index) => context.say(choiceTitle(lost[index]))) };
  return [tag(`Adapted to ${channelName(channel)}`), adapted, choices(lost, typing), extras(message)];
}

function isSame(rendered, message) {
  const kind = kindOf(message);
  return kind !== undefined && JSON.stringify(rendered[kind]) === JSON.stringify(message[kind]);
}

// A message in a few words.
export function preview(message) {
  const inner = message ?? {};
  const kind = kindOf(inner);
  const body = inner[kind] ?? {};
  const said = asText(body.text) || asText(body.text_message?.text) || asText(body.title) || asText(body.caption) || asText(body.name?.full_name) || asText(body.cards?.[0]?.title);
  const name = kind?.replace("_message", "").replaceAll("_", " ") ?? "message";
  return said ? plain(said, 90) : `${name[0].toUpperCase()}${name.slice(1)}`;
}
