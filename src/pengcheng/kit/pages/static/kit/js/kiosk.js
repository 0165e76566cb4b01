// A public screen: warn after a while without a touch, then let the server forget the person.
const QUIET = 90, LEFT = 30;
const form = document.querySelector('[data-kiosk]');
const warning = document.querySelector('[data-kiosk-warning]');
const left = document.querySelector('[data-kiosk-left]');

if (form && warning && left) {
  let last = Date.now();
  const touched = () => { if (!warning.open) last = Date.now(); };
  for (const name of ['pointerdown', 'keydown', 'scroll', 'input']) addEventListener(name, touched, { passive: true });
  warning.querySelector('[data-kiosk-stay]').addEventListener('click', () => { warning.close(); last = Date.now(); });
  warning.addEventListener('close', () => { last = Date.now(); });
  setInterval(() => {
    const quiet = (Date.now() - last) / 1000;
    if (quiet < QUIET) return;
    if (!warning.open) warning.showModal();
    const remaining = Math.ceil(QUIET + LEFT - quiet);
    left.textContent = String(Math.max(0, remaining));
    if (remaining <= 0) form.submit();
  }, 500);
}
// What the "back" key would show again is asked for anew.
addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
