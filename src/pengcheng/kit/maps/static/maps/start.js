/* Starts every map that a page has put down: <div data-map data-src= data-code= data-lon= data-lat=>. */
import { createCityMap } from "./citymap.js";

function number(text) {
  return text === undefined || text === "" ? NaN : Number(text);
}

async function start(element) {
  const { src, code = "", lon, lat, bounds } = element.dataset;
  const frame = bounds ? { bounds: bounds.split(",").map(Number) } : {};
  const city = await createCityMap(element, { code, ...frame });
  if (!city) {
    return;
  }
  const place = [number(lon), number(lat)];
  if (place.every(Number.isFinite)) {
    city.mark(place);
    city.map.jumpTo({ center: place, zoom: 13 });
  }
  if (src) {
    await city.addLive({ id: "live" }).load(src);
  }
  element.dispatchEvent(new CustomEvent("citymap", { detail: city, bubbles: true }));
}

for (const element of document.querySelectorAll("[data-map]")) {
  void start(element);
}
