/* Keeps the screen live: events say that something changed, then the changed parts are fetched. */
import { fresh, lost } from "../kit/js/screen.js";
import { drawCharts } from "./charts.js";
import { startMap } from "./citylayers.js";

const grid = document.querySelector("[data-parts]");
const news = document.querySelector("[data-news]");
const TYPES = [
  "sensing.observation.recorded",
  ...["raised", "appended", "acknowledged", "assigned", "started", "resolved", "closed", "reopened"].map(
    (word) => `command.incident.${word}`,
  ),
];
const RETRY = 10_000;
const PAUSE = 400;
let refreshMap = async () => {};
let waiting = 0;
let busy = false;

const dataOf = (root) => JSON.parse(root.querySelector("#screen-data").textContent);

/* The reader's place is kept: focus by id, scrolling by the box that scrolls. */
function put(part, next) {
  const held = part.contains(document.activeElement) ? document.activeElement.id : "";
  const top = part.scrollTop;
  part.replaceChildren(...next.childNodes);
  part.scrollTop = top;
  if (held) {
    document.getElementById(held)?.focus();
  }
}

function announce(before) {
  const arrived = [...grid.querySelectorAll(".command-item")].filter((item) => !before.has(item.id));
  for (const item of arrived) {
    item.classList.add("command-item--new");
  }
  if (arrived.length > 0) {
    const title = arrived[0].querySelector(".command-item__title").textContent;
    news.textContent = dataOf(document).words.raised.replace("%(title)s", title);
  }
}

async function refresh() {
  const answer = await fetch(grid.dataset.parts, { headers: { Accept: "text/html" }, redirect: "manual" });
  if (!answer.ok) {
    throw new Error(`the screen's parts: ${answer.status}`);
  }
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const before = new Set([...grid.querySelectorAll(".command-item")].map((item) => item.id));
  for (const part of grid.querySelectorAll("[data-part]")) {
    const twin = next.querySelector(`[data-part="${part.dataset.part}"]`);
    if (twin) {
      put(part, twin);
    }
  }
  document.getElementById("screen-data").textContent = next.querySelector("#screen-data").textContent;
  announce(before);
  drawCharts(dataOf(document));
  await refreshMap();
}

/* Many events within a moment make one refresh. */
function soon() {
  fresh();
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    if (busy) {
      soon();
      return;
    }
    busy = true;
    try {
      await refresh();
    } catch {
      lost();
    } finally {
      busy = false;
    }
  }, PAUSE);
}

function listen() {
  const source = new EventSource(grid.dataset.liveUrl);
  for (const type of [...TYPES, "reset"]) {
    source.addEventListener(type, soon);
  }
  source.addEventListener("hello", soon);
  source.addEventListener("beat", fresh);
  source.addEventListener("error", () => {
    lost();
    // A refused or broken stream is closed for good by the browser: begin again, and look meanwhile.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(listen, RETRY);
      refresh().catch(lost);
    }
  });
}

drawCharts(dataOf(document));
listen();
startMap(document.getElementById("command-map"), grid.dataset.incidents).then((again) => {
  refreshMap = again;
});
