// What the figures share: the place where one is drawn, its sliders, and how numbers are written.
import { select } from "d3-selection";

/** Let `draw` fill each place on the page that was kept for the figure `name`. */
export function stage(name, draw) {
  for (const place of document.querySelectorAll(`.interactive[data-figure="${name}"]`)) {
    draw(select(place));
    place.classList.add("drawn"); // the style now shows this, and keeps the still figure for paper
  }
}

/** A drawing of so many units, of which a line of text is 14 high. */
export function drawing(place, width, height) {
  return place.append("svg").attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img");
}

/** A sentence below the drawing that says what it shows, and is read out when it changes. */
export function told(place) {
  return place.append("output").attr("class", "told");
}

let made = 0;

/**
 * A slider with its label and its value.
 *
 * `as` makes a value of where it stands. `set` moves it without telling `moved`, which hears of the
 * reader alone; `limit` gives it another end, and holds it still where that leaves no choice.
 */
export function slider(place, { label, min, max, step = 1, value, digits = 0, kind = "", as = (at) => at }, moved) {
  const id = `interactive-${(made += 1)}`;
  const row = place.append("div").attr("class", `slider ${kind}`);
  row.append("label").attr("for", id).text(label);
  const input = row.append("input").attr("type", "range").attr("id", id);
  input.attr("min", min).attr("max", max).attr("step", step);
  const shown = row.append("span").attr("class", "value").attr("aria-hidden", "true");
  const show = () => {
    const text = number(slide.get(), digits);
    shown.text(text);
    input.attr("aria-valuetext", text);
  };
  const slide = {
    get: () => as(input.property("valueAsNumber")),
    set: (other) => {
      input.property("value", other);
      show();
    },
    limit: (most) => {
      input.attr("max", Math.max(min, most)).property("disabled", most <= min);
      show();
    },
  };
  slide.set(value);
  input.on("input", () => {
    show();
    moved();
  });
  return slide;
}

/** A slider for each key, with what `more` says of it besides, which are read and set together. */
export function sliders(place, keys, more, moved) {
  const all = Object.entries(keys).map(([key, about]) => [key, slider(place, { ...about, ...more(key, about) }, moved)]);
  return {
    get: () => Object.fromEntries(all.map(([key, slide]) => [key, slide.get()])),
    set: (values) => all.forEach(([key, slide]) => slide.set(values[key])),
  };
}

/** Buttons in a row that is named for those who do not see it. */
export function buttons(place, label, texts, pressed) {
  const row = place.append("div").attr("class", "buttons");
  row.attr("role", "group").attr("aria-label", label);
  row
    .selectAll("button")
    .data(texts)
    .join("button")
    .attr("type", "button")
    .text((text) => text)
    .on("click", (_, text) => pressed(text));
  return row.selectAll("button");
}

/** A number with at most so many digits behind the point, and the sign that is one. */
export function number(value, digits = 4) {
  const rounded = Number(value.toFixed(digits));
  return String(Object.is(rounded, -0) ? 0 : rounded).replace("-", "−");
}

/** How many there are, in figures, and what of. */
export const counted = (count, one, many) => `${count} ${count === 1 ? one : many}`;

/** Words with commas between them, and an “and” before the last. */
export const listed = (words) => [words.slice(0, -1).join(", "), words.at(-1)].filter(Boolean).join(" and ");

/** A number as a power of ten times one that has two digits. */
export function scientific(value) {
  const [digits, exponent] = value.toExponential(1).split("e");
  return exponent === "+0" ? digits : `${digits}·10${raised(Number(exponent))}`;
}

/** A whole number as it stands above a ten. */
export function raised(exponent) {
  return [...String(exponent)].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign])).join("");
}
