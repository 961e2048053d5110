// The form to answer as the contact: the channel, and the content.

import { announce } from "./announce.js";
import * as api from "./api.js";
import { channelName } from "./channels.js";
import { h, icon } from "./dom.js";
import { plain } from "./text.js";

const MORE = [
  ["Opt in to everything", { opt_in: "ALL" }],
  ["Opt out of everything", { opt_out: "ALL" }],
  ["Opt out of marketing", { opt_out: "MARKETING" }],
  ["Opt out of notifications", { opt_out: "NOTIFICATION" }],
];

export function composer(store) {
  let thread = null;
  let people = [];
  let offered = "";
  const channel = h("select", { id: "answer-channel" });
  const what = h("select", { id: "answer-kind" },
    h("option", { value: "text" }, "Text"), h("option", { value: "media" }, "Media"),
    MORE.map(([words], index) => h("option", { value: index }, words)));
  const field = h("textarea", { id: "answer-text", rows: "1", maxlength: "100000", placeholder: "Answer as the contact", autocomplete: "off" });
  const submit = h("button", { type: "submit", class: "primary round", "aria-label": "Send" }, icon("send"));
  const problem = h("p", { class: "reason", role: "alert" });
  const element = h("form", { class: "composer", "aria-label": "Answer as the contact" },
    h("div", { class: "composer-choices" },
      h("label", { for: "answer-channel" }, "On"), channel,
      h("label", { for: "answer-kind" }, "Send"), what),
    h("div", { class: "composer-line" },
      h("label", { for: "answer-text", class: "unseen" }, "Answer as the contact"), field, submit),
    problem);

  element.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  field.addEventListener("input", grow);
  what.addEventListener("change", adapt);

  function grow() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 120)}px`;
  }

  // Adapts the field to the kind: media have a URL, and opting in and out needs no text.
  function adapt() {
    field.disabled = MORE[what.value] !== undefined;
    field.placeholder = { text: "Answer as the contact", media: "https:// URL of the media" }[what.value] ?? "No text needed";
  }

  function action() {
    if (MORE[what.value]) return MORE[what.value][1];
    const written = what.value === "media" ? field.value.trim() : field.value;
    return written.trim() ? { [what.value]: written } : null;
  }

  async function send() {
    const doing = action();
    const from = people[channel.selectedIndex];
    if (!doing || !from || submit.disabled) return;
    submit.disabled = true;
    problem.textContent = "";
    try {
      await api.handset({ app_id: thread.app_id, ...from }, doing);
      field.value = "";
      grow();
      announce("Sent");
      await store.refresh();
    } catch (error) {
      problem.textContent = error.message;
    } finally {
      submit.disabled = false;
    }
  }

  return {
    element,
    // Another chat was opened.
    reset() {
      field.value = "";
      problem.textContent = "";
      what.value = "text";
      offered = "";
      adapt();
      grow();
    },
    show(next, addresses) {
      thread = next;
      const now = JSON.stringify([next.key, addresses.map((one) => [one.channel, one.identity]).toSorted()]);
      if (now === offered) return;
      // The choice of the user stays when an address is added.
      const chosen = JSON.stringify(people[channel.selectedIndex]);
      const keep = offered.startsWith(`[${JSON.stringify(next.key)}`);
      offered = now;
      people = addresses;
      channel.replaceChildren(...addresses.map((one) => h("option", {}, `${channelName(one.channel)} · ${plain(one.identity, 60)}`)));
      const place = keep ? addresses.findIndex((one) => JSON.stringify(one) === chosen) : 0;
      channel.selectedIndex = Math.max(0, place);
      submit.disabled = addresses.length === 0;
    },
  };
}
