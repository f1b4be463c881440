// What the charts share: their axes, and the part in which lines are drawn.
import { axisBottom, axisLeft } from "d3-axis";
import { scaleLog } from "d3-scale";

import { number, raised } from "./stage.js";

/** The axes of a chart, and what is said below and above; what comes back draws the left one anew. */
export function axes(svg, x, y, { below, above, left = axisLeft(y).ticks(5).tickFormat((value) => number(value)) }) {
  const [start, end] = x.range();
  const [bottom] = y.range();
  svg.append("g").attr("class", "axis").attr("transform", `translate(0 ${bottom})`).call(axisBottom(x).ticks(5).tickFormat((value) => number(value)));
  const side = svg.append("g").attr("class", "axis").attr("transform", `translate(${start} 0)`).call(left);
  svg.append("text").attr("class", "what").attr("x", (start + end) / 2).attr("y", bottom + 36).attr("text-anchor", "middle").text(below);
  svg.append("text").attr("class", "what").attr("x", 4).attr("y", 10).text(above);
  return () => side.call(left);
}

/** A logarithmic scale between two powers of ten, and its axis with every fourth of them. */
export function powers([least, most], range) {
  const exponents = Array.from({ length: (most - least) / 4 + 1 }, (_, i) => least + 4 * i);
  const scale = scaleLog([10 ** least, 10 ** most], range);
  const axis = axisLeft(scale)
    .tickValues(exponents.map((exponent) => 10 ** exponent))
    .tickFormat((value) => `10${raised(Math.round(Math.log10(value)))}`);
  return { scale, axis };
}

let made = 0;

const POINT = 8; // room for a point at the end of a line

/** A group in which nothing is drawn beyond the ends of both scales. */
export function within(svg, x, y) {
  const id = `within-${(made += 1)}`;
  const [left, right] = x.range();
  const [bottom, top] = y.range();
  const rect = svg.append("clipPath").attr("id", id).append("rect");
  rect.attr("x", left).attr("y", top).attr("width", right - left + POINT).attr("height", bottom - top);
  return svg.append("g").attr("clip-path", `url(#${id})`);
}
