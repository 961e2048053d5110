// Requests to the API, with their errors.

import { h } from "./dom.js";
import { pairs } from "./inspector.js";
import { folded } from "./json.js";
import { snippets } from "./snippets.js";
import { splitList } from "./splitlist.js";
import { plain } from "./text.js";
import { exact } from "./time.js";

export function requests(panel, store) {
  return splitList(panel, {
    name: "requests",
    title: "Requests",
    items: () => store.requests.items,
    signature: (request) => `${request.at} ${request.status}`,
    filters: [
      { label: "all", test: () => true },
      { label: "errors", test: (request) => request.status >= 400 || !request.status },
      ...[2, 4, 5].map((hundreds) => ({ label: `${hundreds}xx`, test: (request) => Math.floor(request.status / 100) === hundreds })),
      { label: "with injected faults", test: (request) => Boolean(request.fault) },
    ],
    words,
    row,
    detail,
    empty: () => [
      h("p", { class: "empty" }, "No requests yet."),
      h("p", { class: "faint" }, "Each request to the API appears here, with its response."),
    ].filter(Boolean),
  });
}

// The text that a search looks through.
const words = (request) =>
  [request.method, request.path, request.operation, request.status ?? "no response", request.request, request.response].join("\n");

const state = (request) =>
  h("span", { class: `state state-${request.status && request.status < 400 ? "delivered" : "abandoned"}` }, plain(request.status) || "no response");

const row = (request) => [
  h("span", { class: "log-name" }, plain(request.operation) || "no operation"),
  state(request),
  h("span", { class: "log-more", dir: "ltr" }, `${plain(request.method, 10)} ${plain(request.path, 90)}`),
  h("span", { class: "log-time" }, exact(request.at)),
];

const detail = (request) => [
  h("h3", {}, plain(request.operation) || "No operation", " ", state(request)),
  pairs([
    ["Request", `${plain(request.method, 10)} ${plain(request.path, 2000)}`],
    ["At", exact(request.at)],
    ["Took", request.milliseconds !== undefined && `${plain(request.milliseconds)} ms`],
  ].filter(([, value]) => value)),
  // Token requests have no Rust code: the client makes them itself.
  snippets({ method: request.method, path: request.path, body: request.request }, { rust: Boolean(request.operation) && !request.operation.startsWith("OAuth") }),
  problem(request.problem),
  request.fault && folded("Injected fault", request.fault, { open: true }),
  request.request && folded("Request body", request.request, { open: true }),
  request.response && folded("Response body", request.response, { open: !request.problem }),
];

function problem(given) {
  const error = given?.error ?? given;
  if (!error) return null;
  const violations = (error.details ?? []).flatMap((one) => one?.field_violations ?? []);
  return h("div", { class: "problem" },
    h("p", { class: "strong", dir: "auto" }, [plain(error.status), plain(error.message, 1000)].filter(Boolean).join(": ")),
    violations.length > 0 && h("ul", {}, violations.map((one) => h("li", { dir: "auto" },
      h("code", {}, plain(one.field, 200) || "body"), " ", plain(one.description, 500)))));
}
