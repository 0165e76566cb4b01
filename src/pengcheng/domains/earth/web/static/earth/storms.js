/* Lays storm tracks, coloured by strength, on the city's map; the table says the same in words. */
const COLOURS = {
  super: "#7a1fa2", severe: "#c2185b", typhoon: "#d32f2f", severe_storm: "#e65100",
  storm: "#b28704", depression: "#1565c0", low: "#546e7a", unknown: "#757575",
};
const AROUND = [[105, 14], [124, 29]];

document.addEventListener("citymap", ({ detail: city }) => {
  const data = JSON.parse(document.getElementById("tracks").textContent);
  const { map } = city;
  map.setMinZoom(2);
  map.addSource("storms", { type: "geojson", data });
  const colour = ["match", ["get", "strength"], ...Object.entries(COLOURS).flat(), "#757575"];
  map.addLayer({
    id: "storm-tracks", type: "line", source: "storms", filter: ["==", ["geometry-type"], "LineString"],
    layout: { "line-cap": "round" }, paint: { "line-color": colour, "line-width": 3 },
  });
  map.addLayer({
    id: "storm-nearest", type: "circle", source: "storms", filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-radius": 7, "circle-color": "#ffffff", "circle-stroke-color": "#0b0c0c", "circle-stroke-width": 3 },
  });
  city.mark([114.06, 22.54]);
  map.fitBounds(AROUND, { padding: 16, animate: false });
});
