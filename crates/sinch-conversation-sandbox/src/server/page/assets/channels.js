// The names of channels as people know them.

import { h } from "./dom.js";
import { plain } from "./text.js";

const NAMES = {
  APPLEBC: "Apple Messages",
  INSTAGRAM: "Instagram",
  KAKAOTALK: "KakaoTalk",
  KAKAOTALKCHAT: "KakaoTalk Chat",
  LINE: "LINE",
  MESSENGER: "Messenger",
  TELEGRAM: "Telegram",
  VIBERBM: "Viber",
  WECHAT: "WeChat",
  WHATSAPP: "WhatsApp",
};

// Identities on these channels are phone numbers.
const PHONES = ["SMS", "MMS", "RCS", "WHATSAPP", "VIBERBM", "KAKAOTALK"];

export const channelName = (channel) => NAMES[channel] ?? (plain(channel, 30) || "no channel");

export const badge = (channel) => channel && h("span", { class: "badge", "data-channel": plain(channel, 30) }, channelName(channel));

export const exampleIdentity = (channel) => (PHONES.includes(channel) ? "46701234567" : "person-1");
