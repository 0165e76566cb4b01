// Keys of the inbox: j and k walk the rows, x ticks one, Enter opens it, / goes to the search.
// Nothing needs them: links, boxes and buttons work by Tab as ever.
const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select");

const rows = () => [...document.querySelectorAll(".cw-cases tbody tr")];

function walk(step) {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + step, 0), all.length - 1);
  const link = all[next].querySelector("a");
  link.focus();
  link.scrollIntoView({ block: "nearest" });
}

function tick() {
  const row = rows().find((each) => each.contains(document.activeElement));
  const box = row && row.querySelector("input[type=checkbox]");
  if (box) box.checked = !box.checked;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const act = { j: () => walk(1), k: () => walk(-1), x: tick, "/": () => document.querySelector("[name=q]")?.focus() }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
