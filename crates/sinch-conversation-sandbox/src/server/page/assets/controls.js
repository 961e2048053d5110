// What a tester turns: channels, faults of the API, the clock, and what the sandbox holds.

import { announce } from "./announce.js";
import * as api from "./api.js";
import { channelControls } from "./controlchannels.js";
import { faultControls } from "./controlfaults.js";
import { clockControls, startControls } from "./controlstart.js";
import { h } from "./dom.js";

export function controls(panel, store) {
  let latest = 0;
  // Runs what a form asks for; what the sandbox refuses is said in the form.
  const act = (problem, action, words) => async () => {
    problem.textContent = "";
    try {
      await action();
      announce(words);
      store.refresh();
      await load();
    } catch (error) {
      problem.textContent = error.message;
    }
  };
  const cards = [channelControls, faultControls, clockControls, startControls].map((make) => make(store, act));
  panel.append(h("div", { class: "control-cards" }, cards.map((card) => card.element)));

  // What is set: this page need not be the only one that sets it.
  async function load() {
    const turn = (latest += 1);
    try {
      const [channels, faults] = await Promise.all([api.channels(), api.faults()]);
      if (turn === latest) cards.forEach((card) => card.show?.({ channels, faults }));
    } catch {
      // The connection is lost: the head of the page says so.
    }
  }

  function update() {
    for (const card of cards) card.update?.();
    load();
  }

  return { update, show: update };
}
