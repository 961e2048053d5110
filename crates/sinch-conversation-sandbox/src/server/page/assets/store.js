// The sandbox's data, kept up to date.

import * as api from "./api.js";
import { Feed } from "./feed.js";
import { isFinal } from "./statuses.js";

// The minimum time between two fetches, in milliseconds, so that the page does not slow down a busy sandbox.
const PAUSE = 150;
// Entries of these kinds have statuses.
const SENT = ["sent", "event_sent"];

class Store extends EventTarget {
  state = null;
  connected = null;
  // Whether the first fetch is done.
  ready = false;
  apps = new Map();
  contacts = new Map();
  conversations = new Map();

  timeline = new Feed({
    fetch: api.timeline,
    keyOf: (entry) => entry.id,
    cursorOf: (entry) => entry.seq,
    settled: (entry) => !SENT.includes(entry.kind) || isFinal(entry.statuses?.at(-1)?.status),
  });
  callbacks = new Feed({
    fetch: api.callbacks,
    keyOf: (callback) => callback.id,
    cursorOf: (callback) => callback.id,
    settled: (callback) => callback.state !== "pending",
    window: 300,
  });
  requests = new Feed({
    fetch: api.requests,
    keyOf: (request) => request.id,
    cursorOf: (request) => request.id,
    settled: () => true,
  });

  #running = null;
  #again = false;
  #peopleAt = 0;
  #peoplePause = 0;
  #later = null;

  start() {
    api.events(
      () => this.refresh(),
      (connected) => {
        const back = connected && this.connected === false;
        this.connected = connected;
        this.dispatchEvent(new Event("connection"));
        // It may be another sandbox at the same address.
        if (back) this.#forget();
        if (connected) this.refresh();
      },
    );
    return this.refresh();
  }

  // Fetches what is new. A call during a fetch makes another one follow.
  refresh() {
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#fetchAll().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #fetchAll() {
    do {
      this.#again = false;
      try {
        await this.#fetch();
        this.problem = null;
      } catch (error) {
        this.problem = error;
      }
      this.ready = true;
      this.dispatchEvent(new Event("change"));
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    } while (this.#again);
  }

  async #fetch() {
    this.state = await api.state();
    const feeds = [this.timeline, this.callbacks, this.requests];
    const seen = () => this.dispatchEvent(new Event("change"));
    await Promise.all([...feeds.map((feed) => feed.pull(seen)), this.#people()]);
  }

  // Apps, contacts and conversations are fetched completely; less often if there are many.
  async #people() {
    const started = performance.now();
    if (started - this.#peopleAt < this.#peoplePause) {
      this.#later ??= setTimeout(() => {
        this.#later = null;
        this.refresh();
      }, this.#peoplePause);
      return;
    }
    const byId = (list) => new Map(list.map((one) => [one.id, one]));
    const [apps, contacts, conversations] = await Promise.all([api.apps(), api.contacts(), api.conversations()]);
    this.apps = byId(apps);
    this.contacts = byId(contacts);
    this.conversations = byId(conversations);
    this.#peopleAt = performance.now();
    this.#peoplePause = (this.#peopleAt - started) * 10;
  }

  #forget() {
    for (const feed of [this.timeline, this.callbacks, this.requests]) feed.clear();
    this.#peopleAt = 0;
    this.#peoplePause = 0;
  }
}

export const store = new Store();
