/* What lives on the screen's map: charging stations, weather stations, open incidents. */
import { createCityMap } from "../maps/citymap.js";

const BY_PILES = ["interpolate", ["linear"], ["get", "value"], 1, 1.5, 40, 4, 110, 7];
const LEVEL_COLOURS = ["match", ["get", "level"], 1, "#ff6b5e", 2, "#ff9c92", 3, "#ffc966", "#8fb6ff"];
const english = document.documentElement.lang.startsWith("en");

function describeStation(say, term) {
  return ({ properties: facts }) => ({
    title: english ? facts.en : facts.zh,
    rows: [
      [term, String(facts.value)],
      [say.wordsObserved, facts.observedAt.slice(0, 10)],
      [say.wordsSource, facts.source],
    ],
  });
}

function describeIncident(say) {
  return ({ properties: facts }) => ({
    title: facts.title,
    href: facts.url,
    rows: [
      [say.wordsLevel, facts.levelText],
      [say.wordsState, facts.state],
      [say.wordsValue, facts.value],
      [say.wordsObserved, facts.observed],
    ],
  });
}

/* Resolves to a function that loads the incidents anew, or to one that does nothing without a map. */
export async function startMap(element, incidentsUrl) {
  const say = element.dataset;
  const city = await createCityMap(element, { theme: "dark" });
  if (!city) {
    return async () => {};
  }
  const stations = city.addLive({
    id: "charging",
    describe: describeStation(say, say.wordsPiles),
    colour: "rgba(79, 179, 137, 0.7)",
    radius: BY_PILES,
    list: false,
  });
  const weather = city.addLive({
    id: "weather",
    describe: describeStation(say, say.wordsTemperature),
    colour: "#5fd0e6",
    radius: 6,
    list: false,
  });
  const incidents = city.addLive({
    id: "incidents",
    describe: describeIncident(say),
    colour: LEVEL_COLOURS,
    radius: 12,
  });
  for (const id of ["charging", "weather", "incidents"]) {
    city.map.moveLayer(id, city.map.getLayer("road-names") ? "road-names" : undefined);
  }
  await Promise.allSettled([stations.load(say.stations), weather.load(say.weather), incidents.load(incidentsUrl)]);
  return async () => {
    await Promise.allSettled([incidents.load(incidentsUrl), weather.load(say.weather)]);
  };
}
