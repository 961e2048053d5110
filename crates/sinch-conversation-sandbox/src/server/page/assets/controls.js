// The panel of controls: channels, faults of the API, the clock, and the data.

import { announce } from "./announce.js";
import * as api from "./api.js";
import { channelControls } from "./controlchannels.js";
import { faultControls } from "./controlfaults.js";
import { clockControls, startControls } from "./controlstart.js";
import { h } from "./dom.js";

export function controls(panel, store) {
  let latest = 0;
  // Runs the action of a form; an error is shown in the form.
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

  // Loads what is set, which may have been changed elsewhere.
  async function load() {
    const turn = (latest += 1);
    try {
      const [channels, faults] = await Promise.all([api.channels(), api.faults()]);
      if (turn === latest) cards.forEach((card) => card.show?.({ channels, faults }));
    } catch {
      // The connection is lost, which the header shows.
    }
  }

  function update() {
    for (const card of cards) card.update?.();
    load();
  }

  return { update, show: update };
}
