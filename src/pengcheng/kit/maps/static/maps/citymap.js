/* The city's map in a page: base map, day and night, two languages, live layers on top.

   import { createCityMap } from "/static/maps/citymap.js";
   const city = await createCityMap(element, { theme: "dark" });
   const layer = city.addLive({ id: "incidents", describe: (feature) => ({ title, href, rows: [[term, value]] }) });
   await layer.load("/…geojson");  layer.update(geojson);

   Coordinates given to the map are WGS-84; convert others first (REST: /api/v1/places/convert). */
import { LiveLayer } from "./live.js";
import { cityStyle, colour } from "./style.js";
import { controlWords, words } from "./words.js";

export { card } from "./live.js";

const VENDOR = new URL("../vendor/", import.meta.url);
const FONT = "'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";
let engine;

function addStylesheet(url) {
  if (!document.querySelector(`link[href="${url.pathname}"]`)) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = url.pathname;
    document.head.prepend(link);
  }
}

/* pmtiles as an ES module asks for another package; its plain script needs nothing. */
function loadScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(`cannot load ${url}`)));
    document.head.append(script);
  });
}

async function startEngine() {
  addStylesheet(new URL("maplibre-gl.css", VENDOR));
  const [maplibre] = await Promise.all([
    import(new URL("maplibre-gl.mjs", VENDOR).href),
    globalThis.pmtiles ? null : loadScript(new URL("pmtiles.js", VENDOR).href),
  ]);
  maplibre.setWorkerUrl(new URL("maplibre-gl-worker.mjs", VENDOR).href);
  const protocol = new globalThis.pmtiles.Protocol();
  maplibre.addProtocol("pmtiles", protocol.tile);
  return { maplibre, protocol };
}

export class CityMap {
  constructor(element, maplibre, archive, options) {
    Object.assign(this, { element, maplibre, archive });
    this.language = options.language;
    this.theme = options.theme;
    this.code = options.code;
    this.layers = [];
    this.map = new maplibre.Map({
      container: element,
      style: this.#style(),
      bounds: options.bounds,
      fitBoundsOptions: { padding: 16 },
      minZoom: 7,
      maxZoom: 18,
      attributionControl: false,
      dragRotate: false,
      cooperativeGestures: options.gentle,
      localIdeographFontFamily: FONT,
      locale: controlWords(this.language),
    });
    this.map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new maplibre.ScaleControl({ unit: "metric" }), "bottom-left");
    this.map.touchZoomRotate.disableRotation();
  }

  /* Options: id, data (GeoJSON), describe(feature) → {title, href, rows}, colour, radius, list. */
  addLive(options) {
    const layer = new LiveLayer(this, options);
    this.layers.push(layer);
    return layer;
  }

  mark(lngLat) {
    return new this.maplibre.Marker({ color: this.colour("mark") }).setLngLat(lngLat).addTo(this.map);
  }

  popup(lngLat, node) {
    return new this.maplibre.Popup({ maxWidth: "20rem" }).setLngLat(lngLat).setDOMContent(node).addTo(this.map);
  }

  colour(name) {
    return colour(this.theme, name);
  }

  async setTheme(theme) {
    this.theme = theme;
    this.map.setStyle(this.#style());
    await this.map.once("styledata");
    this.layers.forEach((layer) => layer.draw());
  }

  /* A district's code: it is drawn in the mark's colour. */
  highlight(code) {
    this.code = code;
    for (const id of ["marked", "marked-edge"]) {
      this.map.setFilter(id, ["==", ["get", "code"], code]);
    }
  }

  #style() {
    return cityStyle(this.archive, { language: this.language, theme: this.theme, code: this.code });
  }
}

function credit(element, metadata, language) {
  const say = words(language);
  const english = language.startsWith("en");
  const line = document.createElement("p");
  line.className = "citymap-credit";
  const notice = english ? metadata.notice_en : metadata.notice_zh;
  const parts = [say.source + metadata.attribution, `${say.datum}${metadata.datum}`, notice];
  line.append(...tongues(parts.filter(Boolean).join(" · "), english));
  element.after(line);
}

/* Chinese words in an English line are marked for screen readers. */
function tongues(text, english) {
  if (!english) {
    return [text];
  }
  return text.split(/([\u3400-\u9fff]+)/).map((piece, number) => {
    if (number % 2 === 0) {
      return piece;
    }
    const word = document.createElement("span");
    word.lang = "zh-Hans";
    word.textContent = piece;
    return word;
  });
}

function tell(element, sentence) {
  const line = document.createElement("p");
  line.className = "citymap-credit";
  line.setAttribute("role", "status");
  line.textContent = sentence;
  element.after(line);
}

function settled(options) {
  const page = document.documentElement;
  return {
    archive: "/map/base.pmtiles",
    language: page.lang || "zh-Hans",
    theme: page.classList.contains("pc-face-screen") ? "dark" : "light",
    gentle: !page.classList.contains("pc-face-screen"),
    code: "",
    ...options,
  };
}

function boundsOf(header) {
  return [header.minLon, header.minLat, header.maxLon, header.maxLat];
}

/* Puts the map into the element. Without a built map or WebGL it says so, and what stood there stays. */
export async function createCityMap(element, options = {}) {
  const wanted = settled(options);
  const say = words(wanted.language);
  const address = new URL(wanted.archive, location.href).href;
  engine ??= startEngine();
  const { maplibre, protocol } = await engine;
  const archive = new globalThis.pmtiles.PMTiles(address);
  let header, metadata;
  try {
    [header, metadata] = await Promise.all([archive.getHeader(), archive.getMetadata()]);
  } catch {
    tell(element, say.missing);
    return null;
  }
  protocol.add(archive);
  const before = [...element.childNodes];
  element.replaceChildren();
  try {
    const city = new CityMap(element, maplibre, address, { bounds: boundsOf(header), ...wanted });
    await new Promise((resolve) => city.map.once("load", resolve));
    credit(element, metadata, wanted.language);
    return city;
  } catch {
    element.replaceChildren(...before);
    tell(element, say.failed);
    return null;
  }
}
