// A list with one item in the tab order; arrow keys, Home and End move within it. The controls inside of an item are in
// the tab order only while the item is.

const USABLE = "a[href], button, summary, select, input, textarea, pre[tabindex]";

export class Roving {
  constructor(list, selector, { chosen = () => {}, across = false } = {}) {
    Object.assign(this, { list, selector, chosen, across, current: null });
    list.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("focusin", (event) => {
      const item = event.target.closest(selector);
      if (item) this.set(item);
    });
  }

  items() {
    return [...this.list.querySelectorAll(this.selector)];
  }

  // Must be called when the items have changed; `preferred` is in the tab order if the previous one is gone.
  refresh(preferred) {
    const items = this.items();
    const kept = items.includes(this.current) ? this.current : null;
    this.set(kept ?? preferred ?? items.at(-1) ?? null);
  }

  set(item) {
    this.current = item;
    for (const other of this.items()) {
      other.tabIndex = other === item ? 0 : -1;
      for (const inside of other.querySelectorAll(USABLE)) inside.tabIndex = other === item ? 0 : -1;
    }
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target !== event.target.closest(this.selector)) return;
    const items = this.items();
    const at = items.indexOf(event.target);
    const [back, forward] = this.across ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const to = { [back]: at - 1, [forward]: at + 1, Home: 0, End: items.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const item = items[Math.max(0, Math.min(items.length - 1, to))];
    item?.focus();
    if (item) this.chosen(item);
  }
}
