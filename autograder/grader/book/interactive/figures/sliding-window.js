// A kernel along one axis, place by place: what its taps meet, and what is left over at the end.
import { placesOf, SETTINGS } from "./equations/places.js";
import { buttons, counted, drawing, listed, number, slider, sliders, stage, told } from "./parts/stage.js";

const FIRST = "Stride 2";
const WIDTH = 400;
const INPUT = 34; // the tops of both rows
const OUTPUT = 132;

const SLIDERS = {
  n: { label: "Input size n", min: 1, max: 12 },
  k: { label: "Kernel k", min: 1, max: 5, kind: "f" },
  s: { label: "Stride s", min: 1, max: 4 },
  p: { label: "Padding p", min: 0, max: 3 },
  d: { label: "Dilation d", min: 1, max: 3, kind: "f" },
};

stage("sliding-window", (place) => {
  const svg = drawing(place, WIDTH, 170).attr("class", "window");
  const formula = place.append("p").attr("class", "formula");
  const says = told(place);
  const controls = place.append("div").attr("class", "controls");
  const axis = sliders(controls, SLIDERS, (key) => ({ value: SETTINGS[FIRST][key] }), update);
  const at = slider(controls, { label: "Place", min: 1, max: 1, value: 1, kind: "g" }, update);
  buttons(place, "Settings", Object.keys(SETTINGS), (name) => {
    axis.set(SETTINGS[name]);
    at.set(1);
    update();
  });
  update();

  function update() {
    const given = axis.get();
    const found = placesOf(given);
    at.limit(found.places.length);
    const now = at.get() - 1;
    draw(svg, given, found, now);
    formula.text(withNumbers(given, found));
    const text = sentence(given, found, now);
    says.text(text);
    svg.attr("aria-label", `An axis of ${found.length} cells, and the outputs below it. ${text}`);
  }
});

/** The axis with its padding, the outputs, each below the middle of its window, and the ways. */
function draw(svg, given, { length, reach, places, left }, now) {
  const cells = Math.max(length, reach);
  const side = Math.min(34, WIDTH / cells);
  const x = (at) => WIDTH / 2 + (at - cells / 2) * side;
  const row = Array.from({ length: cells }, (_, at) => ({ at, ...cellAt(at, given) }));
  // Where there is no place, the kernel lies at the beginning, and reaches beyond the end.
  const taps = places[now] ?? Array.from({ length: given.k }, (_, tap) => given.d * tap);
  const met = new Set(places.flat());

  svg.selectAll("*").remove();
  svg.append("text").attr("class", "what").attr("y", 10).text("input");
  svg.append("text").attr("class", "what").attr("y", OUTPUT - 8).text("output");
  const ways = places.flatMap((taps, i) => taps.map((tap) => ({ tap, i, to: (taps[0] + taps.at(-1) + 1) / 2 })));
  svg
    .selectAll("path")
    .data(ways)
    .join("path")
    .classed("now", ({ i }) => i === now)
    .attr("d", ({ tap, to }) => `M${x(tap + 0.5)} ${INPUT + side}L${x(to)} ${OUTPUT}`);

  const inputs = boxes(row, ({ at }) => x(at), INPUT, ({ text }) => text);
  inputs
    .classed("padding", ({ kind }) => kind === "padding")
    .classed("beyond", ({ kind }) => kind === "beyond")
    .classed("unmet", ({ at }) => places.length && !met.has(at))
    .classed("left-over", ({ at }) => places.length && at >= length - left)
    .classed("tapped", ({ at }) => taps.includes(at))
    .raise();
  if (places.length && left) note(x(length - left / 2), "left over");
  if (!places.length && cells > length) note(x((length + cells) / 2), "not there");

  const outputs = boxes(places, (taps) => x((taps[0] + taps.at(-1)) / 2), OUTPUT, (_, i) => i + 1);
  outputs.classed("made", (_, i) => i === now).raise();
  if (!places.length) svg.append("text").attr("x", WIDTH / 2).attr("y", OUTPUT + 20).text("no place");

  function boxes(data, left, top, text) {
    const all = svg.selectAll(null).data(data).join("g").attr("class", "entry");
    all.attr("transform", (one, i) => `translate(${left(one, i)} ${top})`);
    all.append("rect").attr("width", side).attr("height", side);
    all.append("text").attr("x", side / 2).attr("y", side / 2 + 5).text(text);
    return all;
  }

  /** Words above the input, which stay within the drawing. */
  function note(middle, text) {
    const half = 32;
    const within = Math.min(WIDTH - half, Math.max(half, middle));
    svg.append("text").attr("class", "note").attr("x", within).attr("y", INPUT - 8).text(text);
  }
}

/** What is at a place of the padded axis: an entry, a zero, or nothing. */
function cellAt(at, { n, p }) {
  if (at >= n + 2 * p) return { kind: "beyond", text: "" };
  if (at < p || at >= n + p) return { kind: "padding", text: "0" };
  return { kind: "entry", text: String(at - p + 1) };
}

function withNumbers({ n, k, s, p, d }, { steps, formula }) {
  const put = `⌊(${n} + 2·${p} − ${d}·(${k} − 1) − 1) / ${s}⌋ + 1`;
  return `n out = ${put} = ⌊${number(steps)} / ${s}⌋ + 1 = ${number(formula)}`;
}

function sentence(given, { length, reach, places, left, unmet }, now) {
  if (!places.length) {
    const axis = given.p ? `the axis with its padding has ${length}` : `the axis has ${length}`;
    return `There is no place: the kernel reaches over ${counted(reach, "entry", "entries")}, and ${axis}.`;
  }
  const last = unmet.filter((at) => at >= length - left);
  const end = left ? `left over at the end: ${named(last, given)}` : "nothing is left over at the end";
  const skipped = unmet.filter((at) => at < length - left);
  const others = skipped.length ? ` No tap meets ${named(skipped, given)} at any place.` : "";
  return `Place ${now + 1} of ${places.length}: the taps meet ${named(places[now], given)}; ${end}.${others}`;
}

/** Places on the padded axis in words: the entries by their numbers, and how many zeros. */
function named(all, given) {
  const cells = all.map((at) => cellAt(at, given));
  const entries = cells.filter(({ kind }) => kind === "entry").map(({ text }) => text);
  const zeros = cells.filter(({ kind }) => kind === "padding").length;
  const words = [];
  if (entries.length) words.push(`${entries.length > 1 ? "the entries" : "the entry"} ${listed(entries)}`);
  if (zeros) words.push(counted(zeros, "zero of the padding", "zeros of the padding"));
  return words.join(", and ");
}
