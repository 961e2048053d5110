// Apps, and the connection settings of this sandbox.

import { badge } from "./channels.js";
import { button, h } from "./dom.js";
import { pairs } from "./inspector.js";
import { copy } from "./snippets.js";
import { asText, plain } from "./text.js";
import { channelsOf } from "./threads.js";

export function overview(panel, store) {
  let drawn = "";
  return {
    update() {
      const apps = [...store.apps.values()];
      const counts = count(store);
      const now = JSON.stringify([apps, [...counts], store.state?.endpoints, latest(store), store.contacts.size, store.conversations.size]);
      if (now === drawn || !store.state) return;
      drawn = now;
      panel.replaceChildren(
        h("section", { "aria-labelledby": "apps-title" },
          h("h2", { id: "apps-title" }, "Apps"),
          apps.length === 0
            ? h("div", {}, h("p", { class: "empty" }, "No apps yet. This creates one:"), code(curl(store.state), "Command that creates an app"))
            : h("ul", { class: "apps" }, apps.map((app) => card(app, counts.get(app.id) ?? 0)))),
        h("section", { "aria-labelledby": "people-title" },
          h("h2", { id: "people-title" }, "People"),
          h("p", {}, `${counted(store.contacts.size, "contact")}, ${counted(store.conversations.size, "conversation")}`),
          people(store)),
        h("section", { "aria-labelledby": "reach-title" },
          h("h2", { id: "reach-title" }, "Connect"),
          code(exports(store.state), "Variables for clients"),
          h("p", { class: "faint" }, `sinch-conversation-sandbox ${plain(store.state.version)}`)));
    },
    show() {
      this.update();
    },
  };
}

// The first steps in an empty sandbox.
export function firstSteps(store) {
  if (!store.state) return [h("p", { class: "empty" }, "The sandbox does not respond.")];
  const steps = store.apps.size > 0
    ? [h("p", { class: "empty" }, "No messages yet."), h("p", {}, "Press “New chat” to write to an app as a contact, or let the app send a message: it appears here.")]
    : [
        h("p", { class: "empty" }, "No apps yet."),
        h("p", {}, "1. Point your client at the sandbox:"), code(exports(store.state), "Variables for clients"),
        h("p", {}, "2. Create an app:"), code(curl(store.state), "Command that creates an app"),
        h("p", {}, "Then come back: messages that it sends appear here, and you can answer as the contact."),
      ];
  return [h("div", { class: "first-steps" }, steps)];
}

function count(store) {
  const counts = new Map();
  for (const entry of store.timeline.items) counts.set(entry.app_id, (counts.get(entry.app_id) ?? 0) + 1);
  return counts;
}

const PEOPLE = 100;
const latest = (store) => [...store.contacts.values()].slice(-PEOPLE).reverse();
const counted = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

const people = (store) => h("ul", { class: "people" }, latest(store).map((contact) => h("li", {},
  h("span", { class: "strong", dir: "auto" }, plain(contact.display_name, 60) || "Without a name"),
  (contact.channel_identities ?? []).map((one) => [" ", badge(one.channel), " ", h("span", { class: "faint", dir: "auto" }, plain(one.identity, 60))]))));

const card = (app, messages) => h("li", { class: "app" },
  h("h3", { dir: "auto" }, plain(app.display_name, 60) || "Unnamed"),
  h("p", {}, channelsOf(app).map((channel) => [badge(channel), " "])),
  pairs([["Id", asText(app.id)], ["Mode", app.processing_mode], ["Entries", String(messages)]]));

// The controls do not reveal keys.
const exports = ({ project_id, endpoints }) => [
  `export SINCH_PROJECT_ID=${quoted(project_id)}`,
  "# Any key is accepted, unless the sandbox was started with one.",
  "export SINCH_KEY_ID=sandbox-key",
  "export SINCH_KEY_SECRET=sandbox-secret",
  `export SINCH_CONVERSATION_URL=${quoted(endpoints?.conversation)}`,
  `export SINCH_TEMPLATE_URL=${quoted(endpoints?.template)}`,
  `export SINCH_BATCH_URL=${quoted(endpoints?.batch)}`,
  `export SINCH_AUTH_URL=${quoted(endpoints?.auth)}`,
].join("\n");

const APP = {
  display_name: "My app",
  processing_mode: "CONVERSATION",
  channel_credentials: ["SMS", "WHATSAPP"].map((channel) => ({
    channel, static_bearer: { claimed_identity: `my-${channel.toLowerCase()}`, token: "any" },
  })),
};

const curl = ({ project_id, endpoints }) => [
  "curl -u sandbox-key:sandbox-secret -H 'content-type: application/json' \\",
  `  -d '${JSON.stringify(APP)}' \\`,
  `  ${quoted(`${asText(endpoints?.conversation)}/v1/projects/${encodeURIComponent(project_id)}/apps`)}`,
].join("\n");

// Quotes a value for a shell.
const quoted = (value) => (/^[\w./:@%-]*$/.test(asText(value)) ? asText(value) : `'${asText(value).replaceAll("'", "'\\''")}'`);

function code(text, label) {
  const copier = button({ class: "quiet copy", "aria-label": `Copy: ${label}` }, "Copy", () => copy(text));
  return h("div", { class: "code" }, h("pre", { tabindex: "0", "aria-label": label }, text), copier);
}
