// The clock in the head, and how fresh the live connection is.
// A page's own module imports { fresh, lost } and calls them as messages arrive or break off.
const STALE_AFTER = 30_000;
const clock = document.querySelector("[data-clock]");
const light = document.querySelector("[data-live]");
let timer = 0;

const time = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeZone: "Asia/Shanghai",
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

function tick() {
  if (clock) clock.textContent = time.format(new Date());
}

function show(state) {
  if (!light || light.dataset.state === state) return;
  light.dataset.state = state;
  light.querySelector("[data-live-text]").textContent =
    light.dataset[`words${state[0].toUpperCase()}${state.slice(1)}`];
}

/** A message came: the connection is live until nothing follows for a while. */
export function fresh() {
  show("live");
  clearTimeout(timer);
  timer = setTimeout(lost, STALE_AFTER);
}

/** The connection broke or fell silent; what is on the screen is old. */
export function lost() {
  show("stale");
}

tick();
setInterval(tick, 1000);
