// Somebody writes to an app for the first time.

import * as api from "./api.js";
import { channelName, exampleIdentity } from "./channels.js";
import { button, h, labelled } from "./dom.js";
import { plain } from "./text.js";
import { channelsOf, knownIdentities, threadKey } from "./threads.js";

export function newChat(store, opened) {
  let apps = [];
  const app = h("select", { id: "new-app", required: true });
  const channel = h("select", { id: "new-channel", required: true });
  const known = h("datalist", { id: "new-known" });
  const identity = h("input", { id: "new-identity", required: true, list: "new-known", autocomplete: "off", spellcheck: "false" });
  const words = h("input", { id: "new-text", required: true, value: "Hello", autocomplete: "off" });
  const problem = h("p", { class: "reason", role: "alert" });
  const submit = h("button", { type: "submit", class: "primary" }, "Write");
  const form = h("form", { "aria-labelledby": "new-title" },
    h("h2", { id: "new-title" }, "New chat"),
    h("p", { class: "faint" }, "Write to an app as a contact. In CONVERSATION mode an unknown contact is created."),
    labelled("App", app), labelled("Channel", channel), labelled("Identity of the contact", identity, known), labelled("Text", words), problem,
    h("div", { class: "buttons" }, button({ class: "plain" }, "Cancel", () => element.close()), submit));
  const element = h("dialog", { "aria-labelledby": "new-title" }, form);
  app.addEventListener("change", showChannels);
  channel.addEventListener("change", showIdentities);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    write();
  });

  function open() {
    apps = [...store.apps.values()];
    app.replaceChildren(...apps.map((one) => h("option", {}, plain(one.display_name, 60) || plain(one.id))));
    problem.textContent = "";
    showChannels();
    element.showModal();
    identity.focus();
  }

  function showChannels() {
    const channels = channelsOf(apps[app.selectedIndex]);
    channel.replaceChildren(...channels.map((one) => h("option", { value: one }, channelName(one))));
    problem.textContent = channels.length === 0 ? "This app has no channels. Add channel_credentials to it first." : "";
    submit.disabled = channels.length === 0;
    showIdentities();
  }

  function showIdentities() {
    identity.placeholder = exampleIdentity(channel.value);
    known.replaceChildren(...knownIdentities(store, channel.value).map((one) => h("option", { value: one })));
  }

  async function write() {
    if (submit.disabled) return;
    submit.disabled = true;
    const person = { app_id: apps[app.selectedIndex].id, channel: channel.value, identity: identity.value.trim() };
    try {
      const { message_id } = await api.handset(person, { text: words.value });
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

  return { element, open };
}
