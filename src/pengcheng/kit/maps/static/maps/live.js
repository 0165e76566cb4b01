/* A layer of things that change: points on the map, a card for each, and the same as a list. */
import { words } from "./words.js";

const EMPTY = { type: "FeatureCollection", features: [] };

export function card(facts) {
  const box = document.createElement("div");
  box.className = "citymap-card";
  const title = document.createElement(facts.href ? "a" : "strong");
  title.textContent = facts.title;
  if (facts.href) {
    title.href = facts.href;
  }
  box.append(title);
  const list = document.createElement("dl");
  for (const [term, value] of facts.rows ?? []) {
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.textContent = term;
    dd.textContent = value;
    list.append(dt, dd);
  }
  box.append(list);
  return box;
}

/* Without a describer, a feature's own title, text and url are shown. */
export function describePlainly(feature) {
  const { title = "", text = "", url = "" } = feature.properties;
  return { title, href: url, rows: text ? [["", text]] : [] };
}

export class LiveLayer {
  constructor(city, { id, data = EMPTY, describe = describePlainly, colour, radius = 7, list = true }) {
    Object.assign(this, { city, id, describe });
    this.data = data;
    this.colour = colour;
    this.radius = radius;
    this.list = list ? this.#makeList() : null;
    this.draw();
    this.city.map.on("click", id, (event) => this.open(event.features[0]));
    this.city.map.on("mouseenter", id, () => this.#pointer("pointer"));
    this.city.map.on("mouseleave", id, () => this.#pointer(""));
    this.#fillList();
  }

  /* Also called after a change of style, which drops every source. */
  draw() {
    const { map } = this.city;
    if (map.getSource(this.id)) {
      return;
    }
    map.addSource(this.id, { type: "geojson", data: this.data });
    const paint = {
      "circle-radius": this.radius,
      "circle-color": this.colour ?? this.city.colour("mark"),
      "circle-stroke-color": this.city.colour("halo"),
      "circle-stroke-width": 1.5,
    };
    map.addLayer({ id: this.id, type: "circle", source: this.id, paint });
  }

  update(data) {
    this.data = data;
    this.city.map.getSource(this.id)?.setData(data);
    this.#fillList();
  }

  async load(url) {
    const answer = await fetch(url, { headers: { Accept: "application/geo+json, application/json" } });
    if (!answer.ok) {
      throw new Error(`${url}: ${answer.status}`);
    }
    this.update(await answer.json());
  }

  open(feature) {
    this.popup?.remove();
    this.popup = this.city.popup(feature.geometry.coordinates, card(this.describe(feature)));
  }

  remove() {
    const { map } = this.city;
    this.popup?.remove();
    map.removeLayer(this.id);
    map.removeSource(this.id);
    this.list?.remove();
  }

  #pointer(cursor) {
    this.city.map.getCanvas().style.cursor = cursor;
  }

  #makeList() {
    const box = document.createElement("details");
    box.className = "pc-map__list citymap-list";
    const summary = document.createElement("summary");
    summary.textContent = words(this.city.language).list;
    box.append(summary, document.createElement("ul"));
    this.city.element.after(box);
    return box;
  }

  #fillList() {
    const list = this.list?.querySelector("ul");
    if (!list) {
      return;
    }
    const items = this.data.features.map((feature) => this.#item(feature));
    if (items.length === 0) {
      const none = document.createElement("li");
      none.textContent = words(this.city.language).none;
      items.push(none);
    }
    list.replaceChildren(...items);
  }

  #item(feature) {
    const facts = this.describe(feature);
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "citymap-link";
    button.textContent = facts.title;
    button.addEventListener("click", () => {
      this.city.map.jumpTo({ center: feature.geometry.coordinates, zoom: 13 });
      this.open(feature);
    });
    item.append(button);
    const rest = (facts.rows ?? []).map(([term, value]) => (term ? `${term} ${value}` : value));
    if (rest.length > 0) {
      item.append(` · ${rest.join(" · ")}`);
    }
    return item;
  }
}
