// The clock, and the data of the sandbox.

import * as api from "./api.js";
import { card, complaint } from "./controlcard.js";
import { button, h, labelled } from "./dom.js";
import { parsed } from "./json.js";
import { day, exact } from "./time.js";

const LEAPS = [["1 minute", 60], ["1 hour", 3600], ["1 day", 86400]];

export function clockControls(store, act) {
  const now = h("p", { class: "control-now" });
  const seconds = h("input", { id: "control-seconds", type: "number", min: "0", value: "600" });
  const problem = complaint();
  const forward = (by) => act(problem, () => api.advanceClock(by()), "Clock advanced");
  const leaps = LEAPS.map(([words, by]) => button({ class: "plain", "aria-label": `Forward by ${words}` }, `+ ${words}`, forward(() => by)));
  const form = h("div", { class: "control-form" },
    now,
    h("div", { class: "buttons" }, leaps),
    labelled("Seconds", seconds), problem,
    h("div", { class: "buttons" },
      button({ class: "plain" }, "Expire all tokens", act(problem, api.expireTokens, "Tokens expired")),
      button({ class: "primary" }, "Advance", forward(() => Number(seconds.value)))));
  const element = card("control-clock-title", "Clock", "Whatever becomes due happens immediately. The clock only goes forward; a reset sets it back.", form);
  const update = () => now.replaceChildren(...(store.state ? ["It is ", exact(store.state.now), ", ", day(store.state.now)] : []));
  return { element, update };
}

export function startControls(store, act) {
  const text = h("textarea", { id: "control-seed", rows: "6", spellcheck: "false", autocomplete: "off", placeholder: '{"apps": [], "contacts": [], "messages": []}' });
  const file = h("input", { id: "control-seed-file", type: "file", accept: ".json,application/json" });
  const problem = complaint();
  const made = h("p", { role: "status" });
  const dialog = h("dialog", { "aria-labelledby": "reset-title" },
    h("div", { class: "control-form" },
      h("h2", { id: "reset-title" }, "Reset the sandbox?"),
      h("p", {}, "Apps, contacts, messages, callbacks, requests and faults are removed. The project and its keys stay."),
      h("div", { class: "buttons" },
        button({ class: "plain" }, "Cancel", () => dialog.close()),
        button({ class: "primary" }, "Reset everything", () => (dialog.close(), reset())))));
  const reset = act(problem, api.reset, "The sandbox is empty");
  const seed = act(problem, fill, "Seeded");
  file.addEventListener("change", async () => {
    if (file.files[0]) text.value = await file.files[0].text();
  });

  async function fill() {
    made.textContent = "";
    const seeded = await api.seed(parsed(text.value));
    const counts = Object.entries(seeded).filter(([, ids]) => ids.length > 0).map(([name, ids]) => `${ids.length} ${name}`);
    made.textContent = counts.length > 0 ? `Added: ${counts.join(", ")}.` : "The document was empty.";
  }

  const form = h("div", { class: "control-form" },
    labelled("Seed file", file), labelled("Or its content, as JSON", text), problem, made,
    h("div", { class: "buttons" },
      button({ class: "plain" }, "Reset …", () => dialog.showModal()),
      button({ class: "primary" }, "Seed", seed)));
  const element = card("control-start-title", "Seed and reset", "A seed adds to the present data; nothing is added if any of it is invalid.", form, dialog);
  return { element };
}
