// A list that grows at the sandbox. New items are fetched, and those that may have changed are fetched again.

export class Feed {
  // `fetch(cursor)` returns {items, more}: the first items after a cursor, or of all, and whether there are more;
  // `cursorOf(item)` is the cursor of an item.
  // Among the last `window` items, those that are not `settled` are fetched again.
  constructor({ fetch, keyOf, cursorOf, settled, window = 100 }) {
    Object.assign(this, { fetch, keyOf, cursorOf, settled, window });
    this.clear();
  }

  clear() {
    this.items = [];
    this.places = new Map();
    this.watched = new Set();
  }

  get(key) {
    return this.items[this.places.get(key)];
  }

  // Fetches an item again although it seems settled, until it changes.
  watch(key) {
    this.watched.add(key);
  }

  // Fetches part by part, and calls `seen` after each part that has new items.
  async pull(seen) {
    const again = this.#oldestOpen();
    const from = again > 0 ? this.cursorOf(this.items[again - 1]) : undefined;
    let part = await this.fetch(from);
    if (this.items.length > 0 && !this.#continues(part.items, again)) {
      this.clear();
      if (from !== undefined) part = await this.fetch(undefined);
    }
    for (const item of part.items) this.#put(item);
    while (part.more) {
      seen();
      part = await this.fetch(this.cursorOf(part.items.at(-1)));
      for (const item of part.items) this.#put(item);
    }
  }

  // The last known item is fetched again each time. If it is missing, the sandbox was reset.
  #continues(items, again) {
    return items.length > 0 && this.keyOf(items[0]) === this.keyOf(this.items[again]);
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

  #oldestOpen() {
    const last = this.items.length - 1;
    const first = Math.max(0, this.items.length - this.window);
    const open = this.items.findIndex((item, index) => index >= first && !this.settled(item));
    const watched = [...this.watched].map((key) => this.places.get(key)).filter((place) => place !== undefined);
    return Math.max(0, Math.min(last, open === -1 ? last : open, ...watched));
  }
}
