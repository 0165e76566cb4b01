// The code renews itself before its minute is over. Without this file a button shows a new one.
const box = document.querySelector("[data-code]");

if (box) {
  const part = (name) => box.querySelector(`[data-${name}]`);
  const EARLY = 15; // seconds before the end: time enough to be scanned
  let left = Number(box.dataset.lives) - EARLY;

  const state = (counting) => {
    part("waiting").hidden = true;
    part("counting").hidden = !counting;
    part("failed").hidden = counting;
  };

  const renew = async () => {
    try {
      const answer = await fetch(box.dataset.fresh, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      const drawn = new DOMParser().parseFromString(told.svg, "image/svg+xml").documentElement;
      part("picture").replaceChildren(document.importNode(drawn, true));
      document.querySelector("[data-text]").textContent = told.text;
      left = told.lives - EARLY;
      state(true);
    } catch {
      left = 5;
      state(false);
    }
  };

  const tick = () => {
    if (document.hidden) return; // a code that nobody sees is not made
    left -= 1;
    part("seconds").textContent = String(Math.max(left, 0));
    if (left <= 0) renew();
  };

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) renew();
  });
  state(true);
  part("seconds").textContent = String(left);
  setInterval(tick, 1000);
}
