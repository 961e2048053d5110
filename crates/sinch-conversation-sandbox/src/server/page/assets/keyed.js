// Updates the children of an element from a list, touching only what changed, so that focus, scroll position and open
// folds stay.

export class Keyed {
  constructor(parent, render) {
    this.parent = parent;
    this.render = render;
    this.nodes = new Map();
  }

  // `items` are {key, signature, ...}; an item is rendered again when its signature changes.
  show(items) {
    const wanted = new Set(items.map((item) => item.key));
    for (const [key, { node }] of this.nodes) {
      if (wanted.has(key)) continue;
      node.remove();
      this.nodes.delete(key);
    }
    let at = this.parent.firstChild;
    for (const item of items) {
      const node = this.#node(item);
      // The node here may just have been replaced by this one.
      if (at && at.parentNode !== this.parent) at = node;
      if (node === at) {
        at = at.nextSibling;
      } else {
        this.parent.insertBefore(node, at);
      }
    }
  }

  #node(item) {
    const known = this.nodes.get(item.key);
    if (known?.signature === item.signature) return known.node;
    const node = this.render(item, known?.node);
    if (known && known.node !== node) replace(known.node, node);
    this.nodes.set(item.key, { node, signature: item.signature });
    return node;
  }
}

// The new node gets the focus if the old one or something in it had it, and its open folds.
function replace(old, node) {
  const usable = (within) => [...within.querySelectorAll("a, button, summary, pre")];
  const inside = usable(old).indexOf(document.activeElement);
  const focused = document.activeElement === old ? node : usable(node)[inside];
  const folds = [...node.querySelectorAll("details")];
  old.querySelectorAll("details").forEach((fold, index) => {
    if (fold.open && folds[index]) folds[index].open = true;
  });
  node.tabIndex = old.tabIndex;
  old.replaceWith(node);
  focused?.focus({ preventScroll: true });
}
