/* Lays the ground that a scene shows on the city's map; the page says the same in words. */
document.addEventListener("citymap", ({ detail: city }) => {
  const data = JSON.parse(document.getElementById("footprint").textContent);
  const colour = city.colour("mark");
  city.map.setMinZoom(1);
  city.map.addSource("scene", { type: "geojson", data });
  city.map.addLayer({
    id: "scene-ground", type: "fill", source: "scene", filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": colour, "fill-opacity": 0.18 },
  });
  city.map.addLayer({
    id: "scene-edge", type: "line", source: "scene", filter: ["!=", ["geometry-type"], "Point"],
    paint: { "line-color": colour, "line-width": 3 },
  });
  city.map.addLayer({
    id: "scene-point", type: "circle", source: "scene", filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-color": colour, "circle-radius": 7, "circle-stroke-color": "#ffffff", "circle-stroke-width": 2 },
  });
  const bounds = city.element.dataset.bounds;
  if (bounds) {
    const [west, south, east, north] = bounds.split(",").map(Number);
    city.map.fitBounds([[west, south], [east, north]], { padding: 32, maxZoom: 15, animate: false });
  }
});
