// The app sends a message, through the same function as a request to the API.

import { announce } from "./announce.js";
import * as api from "./api.js";
import { channelName, exampleIdentity } from "./channels.js";
import { button, h, labelled } from "./dom.js";
import { plain } from "./text.js";
import { addresses, channelsOf, knownIdentities, threadKey } from "./threads.js";

// Each kind of message: what its field is called, and the message made of what was written.
const KINDS = {
  text: ["Text", "Text", "Hello", (words) => ({ text_message: { text: words } })],
  choice: ["Choice", "Text, then one choice a line", "Which one?\nThe first\nThe second", choiceMessage],
  media: ["Media", "Address of the media", "https://", (words) => ({ media_message: { url: words.trim() } })],
  json: ["JSON", "Message of an app, as JSON", '{"text_message": {"text": "Hello"}}', readJson],
};

function choiceMessage(written) {
  const [text, ...titles] = written.split("\n").map((line) => line.trim()).filter(Boolean);
  return { choice_message: { text_message: { text }, choices: titles.map((title) => ({ text_message: { text: title } })) } };
}

function readJson(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`This is not JSON: ${error.message}`);
  }
}

export function sendAsApp(store, opened) {
  let apps = [];
  const app = h("select", { id: "app-app", required: true });
  const channel = h("select", { id: "app-channel", required: true });
  const known = h("datalist", { id: "app-known" });
  const identity = h("input", { id: "app-identity", required: true, list: "app-known", autocomplete: "off", spellcheck: "false" });
  const kind = h("select", { id: "app-kind" }, Object.entries(KINDS).map(([value, [name]]) => h("option", { value }, name)));
  const words = h("textarea", { id: "app-words", rows: "4", required: true, autocomplete: "off" });
  const wordsField = labelled("Text", words);
  const problem = h("p", { class: "reason", role: "alert" });
  const submit = h("button", { type: "submit", class: "primary" }, "Send");
  const form = h("form", { "aria-labelledby": "app-title" },
    h("h2", { id: "app-title" }, "Send as the app"),
    labelled("App", app), labelled("Channel", channel), labelled("To: a contact's identity, or a new one", identity, known),
    labelled("Kind", kind), wordsField, problem,
    h("div", { class: "buttons" }, button({ class: "plain" }, "Cancel", () => element.close()), submit));
  const element = h("dialog", { "aria-labelledby": "app-title" }, form);
  app.addEventListener("change", showChannels);
  channel.addEventListener("change", showIdentities);
  kind.addEventListener("change", showKind);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });

  // Where a chat is open, the message goes to its contact unless another one is chosen.
  function open(thread) {
    apps = [...store.apps.values()];
    app.replaceChildren(...apps.map((one) => h("option", {}, plain(one.display_name, 60) || plain(one.id))));
    const place = apps.findIndex((one) => one.id === thread?.app_id);
    app.selectedIndex = Math.max(0, place);
    showChannels();
    const to = thread && place >= 0 ? addresses(thread, store)[0] : undefined;
    if (to) channel.value = to.channel;
    showIdentities();
    identity.value = to?.identity ?? "";
    problem.textContent = "";
    if (!words.value) showKind();
    element.showModal();
    (to ? words : identity).focus();
  }

  function showChannels() {
    const channels = channelsOf(apps[app.selectedIndex]);
    channel.replaceChildren(...channels.map((one) => h("option", { value: one }, channelName(one))));
    submit.disabled = channels.length === 0;
    showIdentities();
  }

  function showIdentities() {
    identity.placeholder = exampleIdentity(channel.value);
    known.replaceChildren(...knownIdentities(store, channel.value).map((one) => h("option", { value: one })));
  }

  function showKind() {
    const [, label, example] = KINDS[kind.value];
    wordsField.querySelector("label").textContent = label;
    words.value = example;
  }

  async function send() {
    if (submit.disabled) return;
    submit.disabled = true;
    problem.textContent = "";
    try {
      const { message_id } = await api.send(request());
      announce("Sent as the app");
      await store.refresh();
      element.close();
      const entry = store.timeline.get(message_id);
      if (entry) opened(threadKey(entry));
    } catch (error) {
      problem.textContent = error.message;
    } finally {
      submit.disabled = false;
    }
  }

  function request() {
    const to = { channel: channel.value, identity: identity.value.trim() };
    return {
      app_id: apps[app.selectedIndex].id,
      recipient: { identified_by: { channel_identities: [to] } },
      message: KINDS[kind.value][3](words.value),
    };
  }

  return { element, open };
}
