// A list that grows at the sandbox and is fetched piece by piece. Items that are not settled yet are fetched again.

const WINDOW = 300;

export class Feed {
  // `fetch(cursor)` gives {items, next}; `cursorOf(item)` is where to ask for what comes after it.
  constructor({ fetch, keyOf, cursorOf, settled }) {
    Object.assign(this, { fetch, keyOf, cursorOf, settled });
    this.clear();
  }

  clear() {
    this.items = [];
    this.places = new Map();
    this.cursor = undefined;
    this.watched = new Set();
  }

  get(key) {
    return this.items[this.places.get(key)];
  }

  // Fetches an item again although it seemed settled, until it changes.
  watch(key) {
    this.watched.add(key);
  }

  async pull() {
    let from = this.#oldestOpen();
    for (;;) {
      const { items, next } = await this.fetch(from);
      for (const item of items) this.#put(item);
      const last = next ?? (items.length > 0 ? this.cursorOf(items.at(-1)) : from);
      if (items.length === 0 || last === from) return;
      this.cursor = from = last;
    }
  }

  #put(item) {
    const key = this.keyOf(item);
    const place = this.places.get(key);
    if (place === undefined) {
      this.places.set(key, this.items.length);
      this.items.push(item);
      return;
    }
    if (this.watched.has(key) && JSON.stringify(this.items[place]) !== JSON.stringify(item)) this.watched.delete(key);
    this.items[place] = item;
  }

  // The cursor just before the oldest item that may still change.
  #oldestOpen() {
    const first = Math.max(0, this.items.length - WINDOW);
    let oldest = this.items.findIndex((item, index) => index >= first && !this.settled(item));
    for (const key of this.watched) {
      const place = this.places.get(key);
      if (place !== undefined && (oldest === -1 || place < oldest)) oldest = place;
    }
    if (oldest === -1) return this.cursor;
    return oldest === 0 ? undefined : this.cursorOf(this.items[oldest - 1]);
  }
}
