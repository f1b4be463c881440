// SGD, momentum and Adam on their way down a valley that the reader turns, and their losses.
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";

import { best, descend, RATES, STEPS } from "./equations/valley.js";
import { axes, powers, within } from "./parts/chart.js";
import { buttons, counted, drawing, listed, number, scientific, slider, sliders, stage, told } from "./parts/stage.js";

const EDGE = 1.6;
const FAR = 20; // where a way is no longer drawn, and a loss no longer told
const RINGS = [-2, -1, 0, 1, 2, 3, 4, 5].map((power) => 2 ** power);
const ALONG_AXES = 0;

const OPTIMISERS = {
  sgd: { name: "SGD", look: "f" },
  momentum: { name: "momentum", look: "i dashed" },
  adam: { name: "Adam", look: "g dash-dot" },
};

const twoDigits = (exponent) => Number((10 ** exponent).toPrecision(2));
const EXPONENTS = Array.from({ length: 176 }, (_, i) => -3 + i / 50); // of the rates

stage("turned-valley", (place) => {
  const pair = place.append("div").attr("class", "pair");
  const map = drawMap(pair);
  const chart = drawLosses(pair);
  const says = told(place);
  const controls = place.append("div").attr("class", "controls");
  const turn = slider(controls, { label: "Turned by (°)", min: 0, max: 90, step: 2.5, value: 22.5, digits: 1 }, update);
  const narrow = slider(controls, { label: "Condition number", min: 0, max: 3, step: 0.1, value: 2, as: twoDigits }, update);
  const rates = sliders(controls, OPTIMISERS, ofRate, update);
  const steps = slider(controls, { label: "Steps", min: 0, max: STEPS, value: STEPS }, update);
  buttons(place, "Learning rates", ["Rates of the page", "Best rates for this valley"], (text) => {
    const chosen = (key) => (text.startsWith("Best") ? best(key, EXPONENTS.map(twoDigits), valley()) : RATES[key]);
    rates.set(Object.fromEntries(Object.keys(OPTIMISERS).map((key) => [key, Math.log10(chosen(key))])));
    update();
  });
  update();

  function valley() {
    return { degrees: turn.get(), curvature: narrow.get() };
  }

  function update() {
    const t = steps.get();
    const now = rates.get();
    const ways = (shape) =>
      Object.entries(OPTIMISERS).map(([key, about]) => ({ ...about, way: descend(key, now[key], shape) }));
    const turned = ways(valley());
    const straight = ways({ ...valley(), degrees: ALONG_AXES });
    map(turned, valley(), t);
    chart(turned, straight, t);
    const losses = (all) => listed(all.map(({ name, way }) => `${name} ${loss(way[t])}`));
    const text =
      `Turned by ${number(valley().degrees)}°, after ${counted(t, "step", "steps")}, the loss is: ${losses(turned)}. ` +
      `Along the axes, with the same rates: ${losses(straight)}.`;
    says.text(text);
    pair.select("svg").attr("aria-label", `Three ways from one start, in a valley of elliptic rings. ${text}`);
  }
});

/** The slider of a learning rate, which moves its logarithm. */
function ofRate(key, { name, look }) {
  const ends = { min: EXPONENTS[0], max: EXPONENTS.at(-1), step: 0.02 };
  return { ...ends, label: `Rate of ${name}`, value: Math.log10(RATES[key]), digits: 4, kind: look[0], as: twoDigits };
}

function loss({ p, loss }) {
  return isFar(p) ? "thrown out" : scientific(loss);
}

function isFar(p) {
  return !(Math.hypot(...p) < FAR);
}

/** The valley from above; what comes back draws it turned, and the ways in it. */
function drawMap(place) {
  const svg = drawing(place, 400, 372).attr("class", "map");
  const x = scaleLinear([-EDGE, EDGE], [52, 362]);
  const y = scaleLinear([-EDGE, EDGE], [334, 24]);
  axes(svg, x, y, { below: "first parameter", above: "second parameter (each ring: 4 times the loss)" });
  const inside = within(svg, x, y);
  const unit = x(1) - x(0);
  const rings = inside.selectAll("ellipse").data(RINGS).join("ellipse");
  rings.attr("class", "ring").attr("rx", (size) => size * unit);
  const at = `translate(${x(0)} ${y(0)})`;
  const road = line(({ p }) => x(p[0]), ({ p }) => y(p[1]));
  return (ways, { degrees, curvature }, t) => {
    rings.attr("ry", (size) => (size * unit) / Math.sqrt(curvature)).attr("transform", `${at} rotate(${-degrees})`);
    const parts = inside.selectAll(".way").data(ways).join(newWay);
    const seen = ({ way }) => {
      const far = way.findIndex(({ p }) => isFar(p));
      return way.slice(0, Math.min(t, far < 0 ? t : far) + 1);
    };
    parts.select("path").attr("d", (one) => road(seen(one)));
    const ends = parts.select("circle").attr("cx", (one) => x(seen(one).at(-1).p[0]));
    ends.attr("cy", (one) => y(seen(one).at(-1).p[1]));
  };
}

/** The losses by steps; what comes back draws them, and thin those in the valley along the axes. */
function drawLosses(place) {
  const svg = drawing(place, 400, 372).attr("aria-hidden", "true");
  const x = scaleLinear([0, STEPS], [52, 388]);
  const { scale: y, axis } = powers([-8, 4], [334, 24]);
  axes(svg, x, y, { below: "steps", above: "loss (SGD solid, momentum dashed, Adam dash-dot)", left: axis });
  svg.append("text").attr("class", "what").attr("x", 388).attr("y", 40).attr("text-anchor", "end").text("thin: in the valley along the axes");
  const inside = within(svg, x, y);
  const at = inside.append("line").attr("class", "read-off").attr("y1", 24).attr("y2", 334);
  const curve = line((_, t) => x(t), ({ loss }) => y(loss)).defined(({ loss }) => loss > 1e-99 && loss < 1e99);
  return (turned, straight, t) => {
    at.attr("x1", x(t)).attr("x2", x(t));
    const thin = inside.selectAll(".thin").data(straight).join("path");
    thin.attr("class", ({ look }) => `line thin ${look[0]}`).attr("d", ({ way }) => curve(way));
    const parts = inside.selectAll(".way").data(turned).join(newWay);
    parts.select("path").attr("d", ({ way }) => curve(way));
    const seen = ({ way }) => way[t].loss > 1e-99 && way[t].loss < 1e99;
    const ends = parts.select("circle").attr("cx", x(t)).style("display", (one) => (seen(one) ? null : "none"));
    ends.filter(seen).attr("cy", ({ way }) => y(way[t].loss));
  };
}

/** The line of an optimiser, and the point where it is now. */
function newWay(enter) {
  const part = enter.append("g").attr("class", "way");
  part.append("path").attr("class", ({ look }) => `line ${look}`);
  part.append("circle").attr("class", ({ look }) => `point ${look}`).attr("r", 6);
  return part;
}
