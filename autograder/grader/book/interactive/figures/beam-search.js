// A beam that goes through a small model, a step at a time, as wide as the reader likes.
import { linkHorizontal } from "d3-shape";

import { beam } from "./equations/beam.js";
import { buttons, drawing, number, slider, stage, told } from "./parts/stage.js";

const STEPS = 4;
const HEIGHT = 270;
const BOX = { width: 64, height: 38 };
const column = (step) => 36 + 82 * step;
const link = linkHorizontal();

stage("beam-search", (place) => {
  const svg = drawing(place, 400, HEIGHT + 24).attr("class", "beam");
  const says = told(place);
  const controls = place.append("div").attr("class", "controls");
  const width = slider(controls, { label: "Beam width", min: 1, max: 3, value: 2, kind: "i" }, show);
  const pressed = buttons(controls, "Steps of the search", ["Back", "Next step"], (text) => {
    now += text === "Back" ? -1 : 1;
    show();
  });
  const [back, next] = pressed.nodes();
  let now = 1;
  let before = 0;
  show();

  function show() {
    const steps = beam(width.get(), STEPS);
    const drawn = layOut(steps.slice(0, now + 1));
    svg.selectAll("*").remove();
    svg
      .selectAll("text")
      .data(drawn)
      .join("text")
      .attr("class", "what")
      .attr("x", (_, step) => column(step))
      .attr("y", 12)
      .text((_, step) => (step ? `step ${step}` : ""));
    svg
      .selectAll("path")
      .data(drawn.flat().filter(({ from }) => from))
      .join("path")
      .classed("kept", ({ kept }) => kept)
      .attr("d", ({ from, x, y }) => link({ source: [from.x + BOX.width / 2, from.y], target: [x - BOX.width / 2, y] }));
    const boxes = svg
      .selectAll(".hypothesis")
      .data(drawn.flat())
      .join("g")
      .attr("class", "hypothesis")
      .classed("kept", ({ kept }) => kept)
      .classed("ended", ({ kept, label }) => kept && label === "EOS")
      .classed("new", ({ step }) => step === now && now > before)
      .attr("transform", ({ x, y }) => `translate(${x} ${y})`);
    for (const [name, inset] of [["outer", 0], ["inner", 3]]) {
      boxes
        .append("rect")
        .attr("class", name)
        .attr("x", inset - BOX.width / 2)
        .attr("y", inset - BOX.height / 2)
        .attr("width", BOX.width - 2 * inset)
        .attr("height", BOX.height - 2 * inset)
        .attr("rx", 5);
    }
    boxes.append("text").attr("y", ({ step }) => (step ? -3 : 5)).text(({ label }) => label);
    boxes.append("text").attr("class", "number").attr("y", 13).text(({ step, chance }) => (step ? number(chance) : ""));
    const text = sentence(steps, now);
    says.text(text);
    svg.attr("aria-label", `A tree that grows from left to right. ${text}`);
    back.disabled = now === 0;
    next.disabled = now === STEPS;
    before = now;
  }
});

/**
 * A box for each hypothesis that is kept, and one for those of a parent that are as likely and are
 * not kept; children stand beside each other in the order of their parents.
 */
function layOut(steps) {
  const drawn = [];
  for (const [step, found] of steps.entries()) {
    const boxes = [];
    for (const { words, chance, parent, kept } of found) {
      const from = parent && drawn[step - 1].find(({ key }) => key === parent.words.join(" "));
      const like = boxes.find((box) => !kept && !box.kept && box.from === from && box.chance === chance);
      if (like) like.label += `, ${words.at(-1)}`;
      else boxes.push({ key: words.join(" "), label: words.at(-1), chance, from, kept, step });
    }
    boxes.sort((a, b) => (a.from?.y ?? 0) - (b.from?.y ?? 0) || b.chance - a.chance);
    for (const [row, box] of boxes.entries()) {
      box.x = column(step);
      box.y = 24 + ((row + 0.5) * HEIGHT) / boxes.length;
    }
    drawn.push(boxes);
  }
  return drawn;
}

function sentence(steps, now) {
  if (now === 0) return "The search begins with BOS. Press ‘Next step’.";
  const kept = steps[now].filter((one) => one.kept);
  const names = kept.map(({ words, chance }) => `${words.slice(1).join(" ")} (${number(chance)})`);
  const ended = steps.slice(0, now + 1).flat().filter(({ words, kept: is }) => is && words.at(-1) === "EOS");
  const best = ended.length ? ` Finished: ${ended.map(({ words, chance }) => `${words.slice(1).join(" ")} (${number(chance)})`).join(", ")}.` : "";
  return `Step ${now}: ${steps[now].length} continuations compete. Kept: ${names.join(", ")}.${best}`;
}
