// The control surface of the sandbox, as functions. Answers are JSON; a refusal becomes a `Refused`.

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
    // Not JSON: the status says enough.
  }
  if (!response.ok) {
    throw new Refused(response.status, reasons(answer) ?? `the sandbox answered ${response.status}`);
  }
  return answer;
}

// The violations of fields say more than the message above them.
function reasons(answer) {
  const violations = (answer?.error?.details ?? []).flatMap((detail) => detail?.field_violations ?? []);
  const told = violations.map((one) => [one.field, one.description].filter(Boolean).join(": "));
  return told.length > 0 ? told.join("; ") : answer?.error?.message;
}

const after = (name, cursor) => (cursor === undefined ? name : `${name}?after=${encodeURIComponent(cursor)}`);

export const state = () => call("GET", "state");
export const apps = async () => (await call("GET", "apps")).apps ?? [];
export const contacts = async () => (await call("GET", "contacts")).contacts ?? [];
export const conversations = async () => (await call("GET", "conversations")).conversations ?? [];
export const timeline = (cursor) => call("GET", after("timeline", cursor));
export const callbacks = (cursor) => call("GET", after("callbacks", cursor));
export const requests = (cursor) => call("GET", after("requests", cursor));

// What the contact does; `action` is one of the things CONTROL allows, such as `{text: "Hello"}`.
export const handset = (person, action) => call("POST", "handset", { ...person, ...action });
export const replay = (id) => call("POST", `callbacks/${encodeURIComponent(id)}:replay`, {});

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
