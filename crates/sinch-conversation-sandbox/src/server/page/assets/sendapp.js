// Sends a message as the app, like a request to the API.

import { announce } from "./announce.js";
import * as api from "./api.js";
import { h, labelled } from "./dom.js";
import { parsed } from "./json.js";
import { sendDialog } from "./senddialog.js";

// The kinds of message: name, label, example, and a function from the input to the message.
const KINDS = {
  text: ["Text", "Text", "Hello", (words) => ({ text_message: { text: words } })],
  choice: ["Choice", "Text, then one choice a line", "Which one?\nThe first\nThe second", choiceMessage],
  media: ["Media", "URL of the media", "https://", (words) => ({ media_message: { url: words.trim() } })],
  json: ["JSON", "App message, as JSON", '{"text_message": {"text": "Hello"}}', parsed],
};

function choiceMessage(written) {
  const [text, ...titles] = written.split("\n").map((line) => line.trim()).filter(Boolean);
  return { choice_message: { text_message: { text }, choices: titles.map((title) => ({ text_message: { text: title } })) } };
}

export function sendAsApp(store, opened) {
  const kind = h("select", { id: "app-kind" }, Object.entries(KINDS).map(([value, [name]]) => h("option", { value }, name)));
  const words = h("textarea", { id: "app-words", rows: "4", required: true, autocomplete: "off" });
  const wordsField = labelled("Text", words);
  kind.addEventListener("change", showKind);
  const { element, open } = sendDialog(store, opened, {
    id: "app",
    title: "Send as the app",
    to: "To: a contact's identity, or a new one",
    fields: [labelled("Kind", kind), wordsField],
    content: words,
    verb: "Send",
    send,
  });

  function showKind() {
    const [, label, example] = KINDS[kind.value];
    wordsField.querySelector("label").textContent = label;
    words.value = example;
  }

  async function send({ app_id, ...address }) {
    const recipient = { identified_by: { channel_identities: [address] } };
    const sent = await api.send({ app_id, recipient, message: KINDS[kind.value][3](words.value) });
    announce("Sent as the app");
    return sent;
  }

  function openWithContent(thread) {
    if (!words.value) showKind();
    open(thread);
  }

  return { element, open: openWithContent };
}
