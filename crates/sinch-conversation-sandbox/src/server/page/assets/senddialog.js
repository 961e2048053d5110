// A dialog for the app, channel and identity of a message, with its content.

import { channelName, exampleIdentity } from "./channels.js";
import { complaint } from "./controlcard.js";
import { button, h, labelled } from "./dom.js";
import { plain } from "./text.js";
import { addresses, channelsOf, knownIdentities, threadKey } from "./threads.js";

// `content` is the field of the message; `send(person)` sends it and returns the response; `opened` opens the chat.
export function sendDialog(store, opened, { id, title, hint, to, fields, content, verb, send }) {
  let apps = [];
  const app = h("select", { id: `${id}-app`, required: true });
  const channel = h("select", { id: `${id}-channel`, required: true });
  const known = h("datalist", { id: `${id}-known` });
  const identity = h("input", { id: `${id}-identity`, required: true, list: `${id}-known`, autocomplete: "off", spellcheck: "false" });
  const problem = complaint();
  const submit = h("button", { type: "submit", class: "primary" }, verb);
  const form = h("form", { "aria-labelledby": `${id}-title` },
    h("h2", { id: `${id}-title` }, title),
    hint && h("p", { class: "faint" }, hint),
    labelled("App", app), labelled("Channel", channel), labelled(to, identity, known), fields, problem,
    h("div", { class: "buttons" }, button({ class: "plain" }, "Cancel", () => element.close()), submit));
  const element = h("dialog", { "aria-labelledby": `${id}-title` }, form);
  app.addEventListener("change", showChannels);
  channel.addEventListener("change", showIdentities);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submitted();
  });

  // Starts with the contact of a thread, if one is given.
  function open(thread) {
    apps = [...store.apps.values()];
    app.replaceChildren(...apps.map((one) => h("option", {}, plain(one.display_name, 60) || plain(one.id))));
    const place = apps.findIndex((one) => one.id === thread?.app_id);
    app.selectedIndex = Math.max(0, place);
    showChannels();
    const address = thread && place >= 0 ? addresses(thread, store)[0] : undefined;
    if (address) channel.value = address.channel;
    showIdentities();
    identity.value = address?.identity ?? "";
    element.showModal();
    (address ? content : identity).focus();
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

  async function submitted() {
    if (submit.disabled) return;
    submit.disabled = true;
    problem.textContent = "";
    try {
      const { message_id } = await send({ app_id: apps[app.selectedIndex].id, channel: channel.value, identity: identity.value.trim() });
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
