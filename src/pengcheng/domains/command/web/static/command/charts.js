/* The screen's charts, drawn from the data that stands in the page. */
import { init } from "../vendor/echarts.mjs";

const style = getComputedStyle(document.documentElement);
const token = (name) => style.getPropertyValue(`--pc-${name}`).trim();
const COLOURS = ["sea", "warn", "good", "bloom"].map(token);
const SOFT = token("ink-soft");
const LINE = token("line");
const LEVELS = ["bad", "bloom", "warn", "sea"].map(token);
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const charts = new Map();

const text = { color: SOFT, fontFamily: token("font"), fontSize: 11 };
const axis = {
  axisLabel: text,
  axisLine: { lineStyle: { color: LINE } },
  axisTick: { show: false },
  splitLine: { lineStyle: { color: LINE, opacity: 0.5 } },
};

function frame(extra) {
  return {
    animation: !still,
    animationDuration: 400,
    color: COLOURS,
    textStyle: text,
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: token("paper"),
      borderColor: LINE,
      textStyle: { ...text, color: token("ink") },
    },
    ...extra,
  };
}

/* A low wall has no room for the stations in each chart: their colours stand at their names. */
const LOW_WALL = "(min-width: 75rem) and (max-height: 60rem)";

/* One station: the legend names what is measured. Several: it names each station once, a line
   each, below a title that says what is drawn in full and what is dashed. */
function hours(data, extra) {
  const several = data.stations.length > 1;
  const low = several && matchMedia(LOW_WALL).matches;
  const names = data.stations.map((station) => `${data.words[extra.first]} · ${station.name}`);
  const legend = { top: 0, left: 0, itemWidth: 14, itemHeight: 8, itemGap: 6, textStyle: text };
  const stations = { orient: "vertical", data: names, formatter: (name) => name.split(" · ").slice(1).join(" · ") };
  return frame({
    grid: { left: 42, right: extra.right, top: low ? (extra.title ? 22 : 8) : several ? 28 + 18 * names.length : 26, bottom: 22 },
    legend: low ? { show: false } : several ? { ...legend, ...stations, top: extra.title ? 16 : 0 } : legend,
    ...(several && extra.title && { title: { text: extra.title, top: 0, left: 0, padding: 2, textStyle: { ...text, fontWeight: "normal" } } }),
    xAxis: { ...axis, type: "category", data: data.labels, boundaryGap: false, splitLine: { show: false } },
    ...extra.option,
  });
}

function lines(data, name, extra) {
  return data.stations
    .filter((station) => station.values[name].some((value) => value !== null))
    .map((station) => ({
      type: "line",
      color: data.stations.length > 1 ? COLOURS[data.stations.indexOf(station) % COLOURS.length] : undefined,
      name: data.stations.length > 1 ? `${data.words[name]} · ${station.name}` : data.words[name],
      data: station.values[name],
      showSymbol: false,
      connectNulls: false,
      ...extra,
    }));
}

function twoAxes(data, first, second, extra) {
  const side = { ...axis, type: "value", scale: true, splitNumber: 3, axisLabel: { ...text, hideOverlap: true } };
  const option = {
    yAxis: [side, { ...side, splitLine: { show: false } }],
    series: [
      ...lines(data, first, { lineStyle: { width: 2.5 }, ...extra }),
      ...lines(data, second, { yAxisIndex: 1, lineStyle: { width: 1.5, type: "dashed" } }),
    ],
  };
  const title = `— ${data.words[first]}   ┄ ${data.words[second]}`;
  return hours(data, { first, title, right: 36, option });
}

function rain(data) {
  const names = data.words.rain;
  const option = {
    xAxis: { ...axis, type: "category", data: data.labels, splitLine: { show: false } },
    yAxis: { ...axis, type: "value", min: 0, max: 3, interval: 1, axisLabel: { ...text, formatter: (step) => names[step] } },
    tooltip: { ...frame().tooltip, valueFormatter: (step) => names[step] ?? "–" },
    series: lines(data, "rainIntensity").map((series) => ({ ...series, type: "bar", barCategoryGap: "20%" })),
  };
  return hours(data, { first: "rainIntensity", right: 12, option });
}

function bars(rows, key, colours) {
  return frame({
    grid: { left: 8, right: 44, top: 4, bottom: 4, containLabel: true },
    xAxis: { ...axis, type: "value", minInterval: 1, axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: { ...axis, type: "category", inverse: true, data: rows.map((row) => row.name), axisLine: { show: false }, axisLabel: { ...text, interval: 0 } },
    series: [{
      type: "bar",
      barMaxWidth: 16,
      barMinWidth: 5,
      data: rows.map((row, index) => ({ value: row[key], itemStyle: { color: colours[index % colours.length], borderRadius: [0, 3, 3, 0] } })),
      label: { show: true, position: "right", ...text, fontSize: 12, color: token("ink"), formatter: ({ value }) => value.toLocaleString() },
    }],
  });
}

const OPTIONS = {
  heat: (data) => twoAxes(data, "temperature", "relativeHumidity", {}),
  storm: (data) => twoAxes(data, "atmosphericPressure", "windSpeed", { areaStyle: { opacity: 0.08 } }),
  rain,
  levels: (data) => bars(data.levels, "count", LEVELS),
  districts: (data) => bars(data.districts, "piles", [token("sea")]),
  cases: (data) => bars(data.cases, "count", [token("good")]),
};

const sizes = new ResizeObserver((boxes) => {
  for (const { target } of boxes) {
    charts.get(target.dataset.chart)?.resize();
  }
});

/* Draws every chart of the page; called again with new data, it only moves what changed. */
export function drawCharts(data) {
  document.documentElement.classList.add("command-drawn");
  for (const box of document.querySelectorAll("[data-chart]")) {
    const name = box.dataset.chart;
    box.classList.toggle("command-chart--several", data.stations.length > 1);
    if (!charts.has(name)) {
      charts.set(name, init(box, null, { renderer: "canvas" }));
      sizes.observe(box);
    }
    // Without words of ours the library describes every chart in English.
    box.dataset.title ??= box.getAttribute("aria-label");
    const aria = { enabled: true, label: { description: box.dataset.title } };
    charts.get(name).setOption({ ...OPTIONS[name](data), aria }, { replaceMerge: ["series"] });
  }
}
