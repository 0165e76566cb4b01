// The page for shops: keeps itself, the keys and the states, and then needs no network.
import decodeQR from "../vendor/qr/decode.js";
import { judged } from "./passing.js";

const SHELF = "licence-check";
const OLD = 24 * 3600; // seconds after which states should be fetched anew
const form = document.querySelector("[data-offline]");
const part = (name) => form.querySelector(`[data-${name}]`);
const language = document.documentElement.lang.startsWith("en") ? "en" : "zh";
const result = document.querySelector("[data-result]");
const field = form.elements.namedItem("text");
let kit = null;

const words = (name) => document.querySelector(`template[data-words="${name}"]`).content;
const moment = (seconds) =>
  new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: "medium",
    timeStyle: "short",
  }).format(new Date(seconds * 1000));

const keep = async () => {
  const shelf = await caches.open(SHELF);
  const page = new URL(location.pathname, location);
  page.searchParams.set("in", document.documentElement.lang.toLowerCase());
  // Asked for without cookies: the kept page is nobody's own.
  const anybody = await fetch(page, { credentials: "omit" });
  if (anybody.ok) await shelf.put(location.pathname, anybody);
  const used = performance.getEntriesByType("resource").map((one) => one.name);
  const ours = used.filter((one) => new URL(one).pathname.startsWith("/static/"));
  await Promise.allSettled([...new Set(ours)].map((one) => shelf.add(one)));
};

const stock = async () => {
  const address = form.dataset.kit;
  const shelf = "caches" in window ? await caches.open(SHELF) : null;
  try {
    const fresh = await fetch(address, { credentials: "omit", cache: "no-cache" });
    if (!fresh.ok) throw new Error(String(fresh.status));
    await shelf?.put(address, fresh.clone());
    return await fresh.json();
  } catch {
    const kept = await shelf?.match(address);
    return kept ? await kept.json() : null;
  }
};

const lines = ({ claims, kind }) => {
  const list = document.createElement("dl");
  list.className = "govuk-summary-list";
  const line = (key, value) => {
    const row = list.appendChild(document.createElement("div"));
    row.className = "govuk-summary-list__row";
    for (const [tag, text] of [["dt", key], ["dd", value]]) {
      const cell = row.appendChild(document.createElement(tag));
      cell.className = `govuk-summary-list__${tag === "dt" ? "key" : "value"}`;
      cell.textContent = text;
      if (/\p{Script=Han}/u.test(text)) cell.lang = "zh-Hans";
    }
  };
  line(form.dataset.kind, kind[language]);
  for (const one of kind.fields) {
    if (!Object.hasOwn(claims, one.key)) continue;
    const value = String(claims[one.key]);
    line(one[language], one.choices[value]?.[language] ?? value);
  }
  line(form.dataset.issuer, String(claims.issuing_authority?.name ?? ""));
  return list;
};

const check = async () => {
  const text = field.value.trim();
  result.replaceChildren();
  if (!text) {
    field.focus();
    return;
  }
  const found = kit ? await judged(text, kit, Date.now() / 1000) : { code: "empty", claims: {} };
  result.append(words(found.code).cloneNode(true));
  if (Object.keys(found.claims).length) result.append(lines(found));
  result.focus();
};

const picture = async (file) => {
  const image = await createImageBitmap(file);
  const scale = Math.min(1, 2000 / Math.max(image.width, image.height));
  const canvas = new OffscreenCanvas(image.width * scale, image.height * scale);
  const drawn = canvas.getContext("2d");
  drawn.drawImage(image, 0, 0, canvas.width, canvas.height);
  return decodeQR(drawn.getImageData(0, 0, canvas.width, canvas.height));
};

const read = async (found) => {
  field.value = found;
  await check();
};

const camera = () => {
  const video = part("video");
  let stream = null;
  const look = async () => {
    const canvas = document.createElement("canvas");
    const drawn = canvas.getContext("2d", { willReadFrequently: true });
    while (stream) {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      try {
        drawn.drawImage(video, 0, 0);
        const found = decodeQR(drawn.getImageData(0, 0, canvas.width, canvas.height));
        for (const track of stream.getTracks()) track.stop();
        stream = null;
        part("camera").hidden = true;
        part("offer").hidden = false;
        await read(found);
      } catch {
        await new Promise((done) => setTimeout(done, 120)); // nothing in this picture yet
      }
    }
  };
  part("offer").hidden = false;
  part("open").addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      part("camera").hidden = false;
      part("offer").hidden = true;
      await video.play();
      await look();
    } catch {
      stream = null;
      part("says").textContent = form.dataset.refused;
    }
  });
};

const age = () => {
  const old = Date.now() / 1000 - kit.made_at > OLD;
  part("age").replaceChildren(words(old ? "old" : "fresh").cloneNode(true));
  part("age").querySelector("time").textContent = moment(kit.made_at);
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  check();
});
form.elements.namedItem("picture").addEventListener("change", async (event) => {
  const file = event.target.files[0];
  if (!file) return;
  try {
    await read(await picture(file));
  } catch {
    result.replaceChildren(words("picture").cloneNode(true));
  }
});
if (navigator.mediaDevices?.getUserMedia) camera();
kit = await stock();
if (kit) age();
form.dataset.ready = kit ? "yes" : "no";
if ("serviceWorker" in navigator) {
  await navigator.serviceWorker.register(form.dataset.worker, { scope: location.pathname });
  await navigator.serviceWorker.ready;
  if (kit && navigator.onLine) await keep();
  form.dataset.kept = "yes";
}
