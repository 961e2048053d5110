// Writes to an app as a contact, for the first time.

import * as api from "./api.js";
import { h, labelled } from "./dom.js";
import { sendDialog } from "./senddialog.js";

export function newChat(store, opened) {
  const words = h("input", { id: "new-text", required: true, value: "Hello", autocomplete: "off" });
  return sendDialog(store, opened, {
    id: "new",
    title: "New chat",
    hint: "Write to an app as a contact. In CONVERSATION mode an unknown contact is created.",
    to: "Identity of the contact",
    fields: labelled("Text", words),
    content: words,
    verb: "Write",
    send: (person) => api.handset(person, { text: words.value }),
  });
}
