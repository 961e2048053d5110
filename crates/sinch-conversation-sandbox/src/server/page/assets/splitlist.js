// A list with the details of the selected item, newest first, for deliveries and requests.

import { button, h, icon } from "./dom.js";
import { Keyed } from "./keyed.js";
import { Roving } from "./roving.js";
import { go } from "./tabs.js";

const PAGE = 100;

// `name` is the tab; `items()` returns all; `row(item)` and `detail(item)` return nodes; `signature(item)` changes when
// they do; `filters` are {label, test}; `words(item)`, if given, is what a search looks through; `empty()` returns
// nodes.
export function splitList(panel, { name, title, items, row, detail, signature, filters, words, empty }) {
  let shown = PAGE;
  let open = "";
  let drawn = "";
  const chosen = h("select", { id: `${name}-filter` }, filters.map(({ label }, index) => h("option", { value: index }, label)));
  const search = h("input", { type: "search", id: `${name}-search`, class: "log-search", placeholder: "Search", "aria-label": `Find in ${title.toLowerCase()}`, hidden: !words });
  const count = h("p", { class: "log-count", id: `${name}-count`, role: "status" });
  const list = h("ul", { class: "log-list", "aria-label": title });
  const older = button({ class: "quiet wide", hidden: true }, "Older", () => ((shown += PAGE), update()));
  const side = h("div", { class: "log-side" },
    h("div", { class: "log-tools" }, h("h2", {}, title), h("label", { for: `${name}-filter` }, "Show"), chosen, search, count), list, older);
  const place = h("div", { class: "log-detail", role: "region", "aria-label": `One of ${title.toLowerCase()}` });
  const nothing = h("div", { class: "log-empty" });
  panel.append(side, place, nothing);
  const rows = new Keyed(list, ({ item, key }) => h("li", {},
    h("a", { class: "log-row", href: `#/${name}/${encodeURIComponent(key)}`, "aria-current": key === open && "true" }, row(item))));
  const roving = new Roving(list, ".log-row");
  chosen.addEventListener("change", () => ((shown = PAGE), update()));
  search.addEventListener("input", () => ((shown = PAGE), update()));
  // Lower-case search text, cached for each item.
  const haystacks = new WeakMap();

  function contains(item, wanted) {
    if (!haystacks.has(item)) haystacks.set(item, words(item).toLowerCase());
    return haystacks.get(item).includes(wanted);
  }

  function matching(all) {
    const test = filters[chosen.selectedIndex]?.test ?? (() => true);
    const wanted = search.value.trim().toLowerCase();
    return all.filter((item) => test(item) && (!wanted || contains(item, wanted)));
  }

  function update() {
    const all = items();
    const found = matching(all);
    const told = found.length === all.length ? `${all.length}` : `${found.length} of ${all.length}`;
    if (count.textContent !== told) count.textContent = told;
    const visible = found.slice(-shown).reverse();
    rows.show(visible.map((item) => {
      const key = String(item.id);
      return { key, item, signature: `${signature(item)} ${key === open}` };
    }));
    older.hidden = found.length <= shown;
    roving.refresh(list.querySelector("[aria-current]") ?? list.querySelector(".log-row"));
    panel.dataset.empty = all.length === 0 ? "yes" : "no";
    nothing.replaceChildren(...(all.length === 0 ? empty() : found.length === 0 ? [h("p", { class: "empty" }, "No matches.")] : []));
    showOpen(all);
  }

  function showOpen(all) {
    const item = all.find((one) => String(one.id) === open);
    panel.dataset.open = item ? "yes" : "no";
    const now = item ? `${open} ${signature(item)}` : "";
    if (now === drawn) return;
    drawn = now;
    const back = button({ class: "quiet back" }, [icon("back"), "All"], () => go(name));
    const focused = place.contains(document.activeElement) && document.activeElement.dataset.stay;
    place.replaceChildren(...(item ? [back, ...detail(item).filter(Boolean)] : [h("p", { class: "empty" }, "Select one to see its details.")]));
    if (focused) place.querySelector(`[data-stay="${focused}"]`)?.focus();
  }

  return {
    update,
    show(detail) {
      open = detail;
      update();
    },
  };
}
