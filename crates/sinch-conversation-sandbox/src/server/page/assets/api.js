// The controls of the sandbox as functions. Responses are JSON; an error response is thrown as `Refused`.

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, body) {
  const options = { method, cache: "no-store" };
  if (body !== undefined) {
    options.headers = { "content-type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const response = await fetch(`/_sandbox/${path}`, options);
  const text = await response.text();
  let answer = {};
  try {
    answer = JSON.parse(text);
  } catch {
    // Not JSON: the status has to do.
  }
  if (!response.ok) {
    throw new Refused(response.status, reasons(answer) ?? `the sandbox responded with ${response.status}`);
  }
  return answer;
}

// The violations of fields are more specific than the message.
function reasons(answer) {
  const violations = (answer?.error?.details ?? []).flatMap((detail) => detail?.field_violations ?? []);
  const told = violations.map((one) => [one.field, one.description].filter(Boolean).join(": "));
  return told.length > 0 ? told.join("; ") : answer?.error?.message;
}

// A part of a list: the items after a cursor, and whether there are more.
async function part(path, name, cursor) {
  const answer = await call("GET", cursor === undefined ? path : `${path}?after=${encodeURIComponent(cursor)}`);
  return { items: answer[name] ?? [], more: Boolean(answer.more), next: answer.next };
}

// All parts of a list.
async function whole(name) {
  const items = [];
  for (let cursor, more = true; more; ) {
    const found = await part(name, name, cursor);
    items.push(...found.items);
    ({ more, next: cursor } = found);
  }
  return items;
}

export const state = () => call("GET", "state");
export const apps = () => whole("apps");
export const contacts = () => whole("contacts");
export const conversations = () => whole("conversations");
export const timeline = (cursor) => part("timeline", "entries", cursor);
export const callbacks = (cursor) => part("callbacks", "callbacks", cursor);
export const requests = (cursor) => part("requests", "requests", cursor);

// Acts as the contact; `action` is one that the control accepts, such as `{text: "Hello"}`.
export const handset = (person, action) => call("POST", "handset", { ...person, ...action });
export const replay = (id) => call("POST", `callbacks/${encodeURIComponent(id)}:replay`, {});

// Controls of channels, faults of the API, the clock, and the data.
export const operations = async () => (await call("GET", "operations")).operations ?? [];
export const channels = async () => (await call("GET", "channels")).channels ?? [];
export const turnChannel = (channel, verb, body) => call("POST", `channels/${encodeURIComponent(channel)}:${verb}`, body);
export const faults = async () => (await call("GET", "faults")).faults ?? [];
export const inject = (fault) => call("POST", "faults", fault);
export const clearFaults = () => call("DELETE", "faults");
export const advanceClock = (seconds) => call("POST", "clock", { advance_seconds: seconds });
export const expireTokens = () => call("POST", "tokens:expire", {});
export const seed = (document) => call("POST", "seed", document);
export const reset = () => call("POST", "reset", {});

// Sends as the app; `body` is that of the API's operation.
export const send = (body) => call("POST", "messages:send", body);

// Returns code for a request as {curl, rust}; `rust` is null if the request is not an operation.
export const snippets = ({ method, path, body }) => call("POST", "snippets", { method, path, body });

// Calls `changed` with the version after each change, and `connected` with true or false.
export function events(changed, connected) {
  const source = new EventSource("/_sandbox/events");
  source.addEventListener("open", () => connected(true));
  source.addEventListener("error", () => connected(false));
  source.addEventListener("change", (event) => {
    try {
      changed(JSON.parse(event.data).version);
    } catch {
      changed(undefined);
    }
  });
}
