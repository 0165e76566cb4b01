/* How the base map looks by day and by night. No glyph server: letters are drawn in the browser. */
const COLOURS = {
  light: {
    outside: "#e4eaeb",
    land: "#faf8f3",
    zone: "#dfd8ca",
    edge: "#7d8f97",
    road: "#ffffff",
    casing: "#cfc6b4",
    major: "#ffe3a6",
    majorCasing: "#d8b25e",
    rail: "#9aa7ad",
    station: "#0d6b4a",
    own: "#6a4c93",
    text: "#14262f",
    halo: "#faf8f3",
    mark: "#ad1f5d",
  },
  dark: {
    outside: "#06141c",
    land: "#0e2733",
    zone: "#173b4a",
    edge: "#3f7c90",
    road: "#2b5566",
    casing: "#0a1c26",
    major: "#5f7f72",
    majorCasing: "#0a1c26",
    rail: "#456573",
    station: "#6fe0a8",
    own: "#c9a7f0",
    text: "#d7ecf2",
    halo: "#06141c",
    mark: "#ff8fbb",
  },
};
const MAJOR = ["motorway", "trunk", "primary", "motorway_link", "trunk_link", "primary_link"];
const PATHS = ["footway", "steps", "path", "cycleway", "pedestrian"];
const RAILS = ["rail", "subway"];

function width(low, high) {
  return ["interpolate", ["exponential", 1.5], ["zoom"], 9, low, 16, high];
}

function label(language) {
  return language.startsWith("en") ? ["coalesce", ["get", "name_en"], ["get", "name"]] : ["get", "name"];
}

function line(id, layer, filter, colour, lineWidth, extra = {}) {
  return {
    id,
    type: "line",
    source: "base",
    "source-layer": layer,
    ...(filter && { filter }),
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": colour, "line-width": lineWidth, ...extra },
  };
}

function roads(c) {
  const major = ["in", ["get", "class"], ["literal", MAJOR]];
  const rail = ["in", ["get", "class"], ["literal", RAILS]];
  const path = ["in", ["get", "class"], ["literal", PATHS]];
  const minor = ["!", ["any", major, rail, path]];
  return [
    line("paths", "roads", path, c.casing, 1, { "line-dasharray": [2, 2] }),
    line("minor-casing", "roads", minor, c.casing, width(0.6, 9)),
    line("major-casing", "roads", major, c.majorCasing, width(1.4, 14)),
    line("minor", "roads", minor, c.road, width(0.3, 7)),
    line("major", "roads", major, c.major, width(0.9, 11)),
    line("rails", "roads", rail, c.rail, 1.5, { "line-dasharray": [4, 2] }),
  ];
}

function text(c, size) {
  return { size, paint: { "text-color": c.text, "text-halo-color": c.halo, "text-halo-width": 1.5 } };
}

function symbols(c, language) {
  const road = text(c, 11);
  const place = text(c, ["interpolate", ["linear"], ["zoom"], 8, 12, 12, 17]);
  return [
    {
      id: "road-names",
      type: "symbol",
      source: "base",
      "source-layer": "roads",
      minzoom: 13,
      filter: ["has", "name"],
      layout: { "symbol-placement": "line", "text-field": label(language), "text-size": road.size },
      paint: road.paint,
    },
    {
      id: "district-names",
      type: "symbol",
      source: "base",
      "source-layer": "labels",
      layout: { "text-field": label(language), "text-size": place.size, "text-max-width": 8 },
      paint: place.paint,
    },
  ];
}

function ground(c) {
  return [
    // Outside the outlines nothing is known: it may be sea or a neighbouring city.
    { id: "outside", type: "background", paint: { "background-color": c.outside } },
    {
      id: "land",
      type: "fill",
      source: "base",
      "source-layer": "districts",
      paint: { "fill-color": c.land },
    },
    line("zones", "zones", null, c.zone, 0.8),
  ];
}

function marked(c, code) {
  const mine = ["==", ["get", "code"], code];
  return [
    {
      id: "marked",
      type: "fill",
      source: "base",
      "source-layer": "districts",
      filter: mine,
      paint: { "fill-color": c.mark, "fill-opacity": 0.16 },
    },
    line("marked-edge", "districts", mine, c.mark, 2.5),
  ];
}

function extras(c) {
  return [
    line("own-lines", "own", null, c.own, 1.5),
    {
      id: "stations",
      type: "circle",
      source: "base",
      "source-layer": "stations",
      minzoom: 12,
      paint: { "circle-radius": 3, "circle-color": c.station, "circle-opacity": 0.75 },
    },
  ];
}

export function cityStyle(archive, { language, theme, code = "" }) {
  const c = COLOURS[theme] ?? COLOURS.light;
  return {
    version: 8,
    sources: { base: { type: "vector", url: `pmtiles://${archive}` } },
    layers: [
      ...ground(c),
      ...roads(c),
      ...extras(c),
      line("district-edges", "districts", null, c.edge, width(1, 2)),
      ...marked(c, code),
      ...symbols(c, language),
    ],
  };
}

export function colour(theme, name) {
  return (COLOURS[theme] ?? COLOURS.light)[name];
}
