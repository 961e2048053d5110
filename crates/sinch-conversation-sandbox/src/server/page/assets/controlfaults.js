// Faults of the API: requests that get wrong, late or no responses.

import { trying } from "./announce.js";
import * as api from "./api.js";
import { card, complaint } from "./controlcard.js";
import { button, h, labelled } from "./dom.js";
import { plain } from "./text.js";

const KINDS = [
  ["status", "Respond with a status"],
  ["reset", "Reset the connection"],
  ["delay", "Delay the response"],
];

export function faultControls(store, act) {
  let asked = false;
  const operation = h("select", { id: "fault-operation" }, h("option", { value: "*" }, "any operation"));
  const kind = h("select", { id: "fault-kind" }, KINDS.map(([value, words]) => h("option", { value }, words)));
  const status = h("input", { id: "fault-status", type: "number", min: "200", max: "599", value: "503" });
  const retry = h("input", { id: "fault-retry", type: "number", min: "0", placeholder: "no header" });
  const delay = h("input", { id: "fault-delay", type: "number", min: "0", step: "100", placeholder: "none" });
  const times = h("input", { id: "fault-times", type: "number", min: "0", value: "1" });
  const phase = h("select", { id: "fault-phase" },
    h("option", { value: "before" }, "before it is performed"), h("option", { value: "after" }, "after it was performed"));
  const answering = h("div", { class: "control-fields" }, labelled("Status", status), labelled("Retry-After (seconds)", retry));
  const problem = complaint();
  const list = h("ul", { class: "control-list", "aria-label": "Active faults" });
  const clear = button({ class: "plain", hidden: true }, "Clear all faults", act(problem, api.clearFaults, "Faults cleared"));
  const form = h("div", { class: "control-form" },
    h("div", { class: "control-fields" }, labelled("Operation", operation), labelled("What happens", kind)),
    answering,
    h("div", { class: "control-fields" }, labelled("Delay (milliseconds)", delay), labelled("Requests (0: all)", times), labelled("When", phase)),
    problem,
    h("div", { class: "buttons" }, clear, button({ class: "primary" }, "Inject", act(problem, () => api.inject(fault()), "Fault injected"))));
  kind.addEventListener("change", () => (answering.hidden = kind.value !== "status"));

  function fault() {
    const made = { operation: operation.value, times: Number(times.value), phase: phase.value };
    if (delay.value) made.delay_ms = Number(delay.value);
    if (kind.value === "reset") made.reset = true;
    if (kind.value !== "status") return made;
    made.status = Number(status.value);
    if (retry.value) made.retry_after = Number(retry.value);
    return made;
  }

  // The operations come from the sandbox; they do not change while it runs.
  function update() {
    if (asked) return;
    asked = true;
    trying(async () => operation.append(...(await api.operations()).map((name) => h("option", { value: name }, name))));
  }

  function show({ faults }) {
    clear.hidden = faults.length === 0;
    list.replaceChildren(...faults.map((one) => h("li", {},
      h("span", { class: "strong" }, one.operation === "*" ? "any operation" : plain(one.operation)), h("span", {}, described(one)),
      h("span", { class: "faint" }, one.remaining === null ? "until cleared" : `${one.remaining} remaining`, one.applied > 0 && `, applied ${one.applied} times`))));
  }

  const element = card("control-faults-title", "Faults of the API", "They apply before credentials and bodies are checked, as in a gateway in front of the API.", form, list);
  return { element, update, show };
}

const described = (one) => [
  one.reset ? "connection reset" : one.status && `status ${one.status}`,
  one.cut_body !== undefined && `body cut after ${one.cut_body} bytes`,
  one.delay_ms > 0 && `${one.delay_ms} ms delay`,
  one.phase === "after" && "after it was performed",
].filter(Boolean).join(", ");
