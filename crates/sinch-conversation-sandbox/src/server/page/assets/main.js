// Starts the page: the views, and their updates.

import { chats } from "./chats.js";
import { controls } from "./controls.js";
import { deliveries } from "./deliveries.js";
import { overview } from "./overview.js";
import { requests } from "./requests.js";
import { store } from "./store.js";
import { tabs } from "./tabs.js";

const panel = (name) => document.getElementById(`panel-${name}`);
const views = {
  chats: chats(panel("chats"), store),
  webhooks: deliveries(panel("webhooks"), store),
  requests: requests(panel("requests"), store),
  controls: controls(panel("controls"), store),
  overview: overview(panel("overview"), store),
};
let open = "chats";
// Refused requests and changed channels do not notify the page, so they are polled while they are visible.
const LOOK = 2000;
const UNTOLD = ["requests", "controls"];

// `body[data-ready]` says that the page shows the sandbox's data.
function update() {
  views[open].update();
  document.getElementById("project").textContent = store.state?.project_id ?? "";
  showConnection();
  document.body.dataset.ready = String(store.ready);
}

function showConnection() {
  const live = document.getElementById("live");
  const [state, words] = store.connected === false ? ["lost", "Not connected"]
    : store.problem ? ["lost", "Trouble: " + store.problem.message]
    : store.connected ? ["live", "Live"] : ["waiting", "Connecting"];
  live.dataset.state = state;
  if (live.textContent !== words) live.textContent = words;
}

tabs((name, detail) => {
  open = name;
  views[name].show(detail);
});
store.addEventListener("change", update);
store.addEventListener("connection", showConnection);
store.start();
setInterval(() => {
  if (UNTOLD.includes(open) && store.connected && !document.hidden) store.refresh();
}, LOOK);
