// Channels that fail, are delayed or stay silent.

import * as api from "./api.js";
import { badge, channelName } from "./channels.js";
import { card, complaint } from "./controlcard.js";
import { button, h, labelled } from "./dom.js";
import { plain } from "./text.js";
import { channelsOf } from "./threads.js";

const KINDS = [
  ["fail", "Fail"],
  ["delay", "Delay each status"],
  ["silence", "Accept messages and report nothing"],
];

export function channelControls(store, act) {
  let offered = "";
  const channel = h("select", { id: "control-channel" });
  const kind = h("select", { id: "control-channel-kind" }, KINDS.map(([value, words]) => h("option", { value }, words)));
  const reason = h("input", { id: "control-reason", value: "RECIPIENT_NOT_REACHABLE", spellcheck: "false", autocomplete: "off" });
  const times = h("input", { id: "control-times", type: "number", min: "1", max: "1000", placeholder: "until restored" });
  const when = h("select", { id: "control-when" },
    h("option", { value: "" }, "immediately"), h("option", { value: "after_queueing" }, "after QUEUED_ON_CHANNEL"), h("option", { value: "temporary" }, "temporarily: it is retried"));
  const delay = h("input", { id: "control-delay", type: "number", min: "0", step: "100", value: "2000" });
  const failing = h("div", { class: "control-fields" }, labelled("Reason", reason), labelled("How many messages", times), labelled("When", when));
  const delaying = h("div", { class: "control-fields" }, labelled("Milliseconds", delay));
  const problem = complaint();
  const none = h("p", { class: "faint", hidden: true }, "No app has a channel yet.");
  const set = button({ class: "primary" }, "Set", act(problem, apply, "Channel set"));
  const list = h("ul", { class: "control-list", "aria-label": "Changed channels" });
  const form = h("div", { class: "control-form" },
    h("div", { class: "control-fields" }, labelled("Channel", channel), labelled("What it does", kind)), failing, delaying, problem, h("div", { class: "buttons" }, set));
  kind.addEventListener("change", adapt);
  adapt();

  function adapt() {
    failing.hidden = kind.value !== "fail";
    delaying.hidden = kind.value !== "delay";
  }

  function apply() {
    return api.turnChannel(channel.value, kind.value, body());
  }

  function body() {
    if (kind.value === "delay") return { milliseconds: Number(delay.value) };
    if (kind.value === "silence") return {};
    const failure = { reason: reason.value.trim() };
    if (times.value) failure.times = Number(times.value);
    if (when.value) failure[when.value] = true;
    return failure;
  }

  function update() {
    const channels = [...new Set([...store.apps.values()].flatMap(channelsOf))].sort();
    if (offered === channels.join()) return;
    offered = channels.join();
    const chosen = channel.value;
    channel.replaceChildren(...channels.map((one) => h("option", { value: one }, channelName(one))));
    if (channels.includes(chosen)) channel.value = chosen;
    form.hidden = channels.length === 0;
    none.hidden = channels.length > 0;
  }

  function show({ channels }) {
    list.replaceChildren(...channels.map((one) => h("li", {},
      badge(one.channel), h("span", {}, described(one)),
      button({ class: "quiet", "aria-label": `Restore ${channelName(one.channel)}` }, "Restore",
        act(problem, () => api.turnChannel(one.channel, "restore", {}), "Channel restored")))));
  }

  const element = card("control-channels-title", "Channels", "How a channel handles messages from apps, until it is restored.", none, form, list);
  return { element, update, show };
}

const described = (one) => [
  one.fails && `fails: ${plain(one.fails.code)}`,
  one.fails_next > 0 && `fails the next ${one.fails_next}`,
  one.delay_ms > 0 && `${one.delay_ms} ms delay`,
  one.silent && "silent",
].filter(Boolean).join(", ");
