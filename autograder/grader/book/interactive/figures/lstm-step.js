// The LSTM cell with one unit's numbers on its roads, and what twenty such steps would make of it.
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";

import { repeated, stepOf, UNITS } from "./equations/lstm.js";
import { axes } from "./parts/chart.js";
import { buttons, drawing, number, sliders, stage, told } from "./parts/stage.js";

const FIRST = "Unit 2";
const STEPS = 20;

const SLIDERS = {
  c: { label: "Cell state c", min: -3, max: 3 },
  f: { label: "Forget gate f", min: 0, max: 1 },
  i: { label: "Input gate i", min: 0, max: 1 },
  g: { label: "Candidate g", min: -1, max: 1 },
  o: { label: "Output gate o", min: 0, max: 1 },
};

// Each road, with the value that runs on it, and where the value is written.
const ROADS = [
  { key: "c", path: "M14 62H87", at: [14, 50], name: "c" },
  { key: "f", path: "M100 192V75", at: [93, 165], anchor: "end", kind: "f" },
  { key: "kept", path: "M113 62H187", at: [150, 50], anchor: "middle", name: "f ⊙ c" },
  { key: "i", path: "M158 192V135H187", at: [151, 165], anchor: "end", kind: "i" },
  { key: "g", path: "M242 192V135H213", at: [249, 152], kind: "g" },
  { key: "written", path: "M200 122V75", at: [193, 104], anchor: "end", name: "i ⊙ g" },
  { key: "state", path: "M213 62H386", at: [388, 50], anchor: "end", name: "c next" },
  { key: "state", path: "M335 62V82" },
  { key: "squashed", path: "M335 108V137", at: [342, 130] },
  { key: "o", path: "M295 192V150H322", at: [288, 181], anchor: "end", kind: "o" },
  { key: "shown", path: "M348 150H386", at: [388, 196], anchor: "end", name: "h next" },
];
const BOXES = [
  [100, 205, "σ", "f"],
  [158, 205, "σ", "i"],
  [242, 205, "tanh", "g"],
  [295, 205, "σ", "o"],
  [335, 95, "tanh", ""],
];
const KNOTS = [[100, 62, "×"], [200, 62, "+"], [200, 135, "×"], [335, 150, "×"]];

stage("lstm-step", (place) => {
  const cell = drawing(place, 400, 250).attr("class", "cell");
  const roads = cell.selectAll(".road").data(ROADS).join("g").attr("class", ({ kind = "" }) => `road ${kind}`);
  roads.append("path").attr("class", "bed").attr("d", ({ path }) => path);
  roads.append("path").attr("class", "flow").attr("d", ({ path }) => path);
  drawParts(cell);
  const texts = roads.filter(({ at }) => at).append("text");
  texts.attr("x", ({ at }) => at[0]).attr("y", ({ at }) => at[1]);
  texts.attr("text-anchor", ({ anchor = "start" }) => anchor).attr("class", "number");

  const chart = drawChart(place);
  const says = told(place);
  const controls = place.append("div").attr("class", "controls");
  const start = UNITS[FIRST];
  const given = sliders(controls, SLIDERS, (key) => ({ step: 0.01, digits: 2, value: start[key], kind: key }), update);
  buttons(place, "The units of the table", Object.keys(UNITS), (name) => {
    given.set(UNITS[name]);
    update();
  });
  cell.on("animationend", () => cell.classed("flows", false));
  update(null);

  function update(moved) {
    const gates = given.get();
    const values = { ...gates, ...stepOf(gates.c, gates) };
    roads.select(".bed").attr("stroke-width", ({ key }) => 1 + 4 * Math.min(2, Math.abs(values[key])));
    roads.classed("negative", ({ key }) => values[key] < 0);
    texts.text(({ key }) => number(values[key]));
    cell.classed("flows", moved !== null);
    cell.attr("aria-label", `The LSTM cell with one unit's numbers: ${sentence(values)}`);
    const states = repeated(gates.c, gates, STEPS);
    chart([{ state: gates.c, shown: null }, ...states]);
    const { state, shown } = states.at(-1);
    says.text(
      `This step: c next = ${number(values.state)}, h next = ${number(values.shown)}. ` +
        `After ${STEPS} steps with the same gates: c = ${number(state)}, h = ${number(shown)}.`,
    );
  }
});

function sentence({ kept, written, state, squashed, shown }) {
  return [
    `f ⊙ c = ${number(kept)}`,
    `i ⊙ g = ${number(written)}`,
    `c next = ${number(state)}`,
    `its tanh ${number(squashed)}`,
    `h next = ${number(shown)}.`,
  ].join(", ");
}

/** The boxes, the knots and the names, which no slider moves. */
function drawParts(cell) {
  const boxes = cell.selectAll(".box").data(BOXES).join("g").attr("class", ([, , , kind]) => `box ${kind}`);
  boxes.append("rect").attr("x", ([x]) => x - 19).attr("y", ([, y]) => y - 13).attr("width", 38).attr("height", 26).attr("rx", 4);
  boxes.append("text").attr("x", ([x]) => x).attr("y", ([, y]) => y + 5).text(([, , text]) => text);
  boxes.append("text").attr("class", "name").attr("x", ([x]) => x).attr("y", ([, y]) => y + 32).text(([, , , kind]) => kind);
  const knots = cell.selectAll(".knot").data(KNOTS).join("g").attr("class", "knot");
  knots.append("circle").attr("cx", ([x]) => x).attr("cy", ([, y]) => y).attr("r", 13);
  knots.append("text").attr("x", ([x]) => x).attr("y", ([, y]) => y + 5).text(([, , text]) => text);
  const names = cell.selectAll(".what").data(ROADS.filter(({ name }) => name)).join("text").attr("class", "what");
  names.attr("x", ({ at }) => at[0]).attr("y", ({ at }) => at[1] - 17).attr("text-anchor", ({ anchor = "start" }) => anchor);
  names.text(({ name }) => name);
}

/** A chart of both states; what comes back draws it for other values. */
function drawChart(place) {
  const svg = drawing(place, 400, 170).attr("class", "chart").attr("aria-hidden", "true");
  const x = scaleLinear([0, STEPS], [44, 360]);
  const y = scaleLinear().range([134, 22]);
  const rescale = axes(svg, x, y, { below: "steps with the same gates", above: "c (solid) and h (dashed)" });
  const lines = ["state", "shown"].map((key) => {
    const path = svg.append("path").attr("class", `line ${key}`);
    const end = svg.append("text").attr("class", "number").attr("x", 366).text(key === "state" ? "c" : "h");
    return { key, path, end };
  });
  return (states) => {
    const all = states.flatMap(({ state, shown }) => [state, shown ?? 0]);
    y.domain([Math.min(-1, ...all), Math.max(1, ...all)]).nice();
    rescale();
    for (const { key, path, end } of lines) {
      const road = line().defined((one) => one[key] !== null).x((_, t) => x(t)).y((one) => y(one[key]));
      path.attr("d", road(states));
      end.attr("y", y(states.at(-1)[key]) + 5);
    }
    // Names that would lie upon each other move apart.
    const [c, h] = lines.map(({ end }) => Number(end.attr("y")));
    if (Math.abs(c - h) < 14) {
      const middle = (c + h) / 2;
      const up = c <= h ? 0 : 1;
      lines[up].end.attr("y", middle - 7);
      lines[1 - up].end.attr("y", middle + 7);
    }
  };
}
