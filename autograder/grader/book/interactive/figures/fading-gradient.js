// What is left of a gradient in a simple network and in an LSTM, on a logarithmic axis.
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";

import { gatedFactor, leftOf, simpleFactor } from "./equations/gradient.js";
import { axes, powers } from "./parts/chart.js";
import { counted, drawing, number, scientific, slider, stage, told } from "./parts/stage.js";

const STEPS = 100;
const [LEAST, MOST] = [-12, 4]; // as powers of ten
const NETWORKS = { simple: "f", gated: "i dashed" }; // their looks

stage("fading-gradient", (place) => {
  const svg = drawing(place, 400, 290);
  const x = scaleLinear([0, STEPS], [52, 388]);
  const { scale: y, axis } = powers([LEAST, MOST], [244, 26]);
  y.clamp(true);
  axes(svg, x, y, { below: "steps back", above: "left of the gradient (simple: solid, LSTM: dashed)", left: axis });
  svg.append("path").attr("class", "line level").attr("d", `M52 ${y(1)}H388`);
  const mark = svg.append("g");
  const at = mark.append("line").attr("class", "read-off").attr("y1", 26).attr("y2", 244);
  const curves = Object.entries(NETWORKS).map(([network, look]) => ({
    network,
    path: svg.append("path").attr("class", `line ${look}`),
    point: mark.append("circle").attr("class", `point ${look}`).attr("r", 6),
  }));

  const says = told(place);
  const controls = place.append("div").attr("class", "controls");
  const radius = slider(controls, { label: "Spectral radius", min: 0.5, max: 2, step: 0.01, value: 0.9, digits: 2, kind: "f" }, update);
  const size = slider(controls, { label: "States' size |h|", min: 0, max: 0.95, step: 0.01, value: 0.5, digits: 2, kind: "f" }, update);
  const bias = slider(controls, { label: "Forget bias", min: -2, max: 8, step: 0.1, value: 1, digits: 1, kind: "i" }, update);
  const steps = slider(controls, { label: "Steps back", min: 1, max: STEPS, value: 20 }, update);
  update();

  function update() {
    const factors = { simple: simpleFactor(radius.get(), size.get()), gated: gatedFactor(bias.get()) };
    const t = steps.get();
    at.attr("x1", x(t)).attr("x2", x(t));
    for (const { network, path, point } of curves) {
      path.attr("d", curve(factors[network]));
      point.attr("cx", x(t)).attr("cy", y(leftOf(factors[network], t)));
    }
    const [simple, gated] = Object.values(factors);
    const text =
      `A step multiplies by ${number(simple, 3)} in the simple network and by ${number(gated, 3)} in the LSTM. ` +
      `${counted(t, "step", "steps")} back, ${scientific(leftOf(simple, t))} and ${scientific(leftOf(gated, t))} are left.`;
    says.text(text);
    svg.attr("aria-label", `Two straight lines on a logarithmic axis. ${text}`);
  }

  /** A straight line, as far as the axis goes. */
  function curve(factor) {
    const seen = (t) => leftOf(factor, t) >= 10 ** LEAST && leftOf(factor, t) <= 10 ** MOST;
    const all = Array.from({ length: STEPS + 1 }, (_, t) => t).filter(seen);
    return line((t) => x(t), (t) => y(leftOf(factor, t)))(all);
  }
});
