// One unit of an LSTM whose gates have been computed, in single numbers.

/** The table of the page, a column each. */
export const UNITS = {
  "Unit 1": { c: 2, f: 0.9, i: 0.2, g: 0.5, o: 0.1 },
  "Unit 2": { c: -1, f: 0.5, i: 0.5, g: -0.8, o: 0.9 },
  "Unit 3": { c: 0.5, f: 0.1, i: 0.9, g: 0.9, o: 0.5 },
};

/** All numbers of a step from the cell state `held`, in the order in which they are made. */
export function stepOf(held, { f, i, g, o }) {
  const kept = f * held;
  const written = i * g;
  const state = kept + written;
  const squashed = Math.tanh(state);
  return { kept, written, state, squashed, shown: o * squashed };
}

/** The cell state and what is shown of it, if the same gates meet it in each of `count` steps. */
export function repeated(held, gates, count) {
  const steps = [];
  for (let state = held; steps.length < count; state = steps.at(-1).state) {
    steps.push(stepOf(state, gates));
  }
  return steps.map(({ state, shown }) => ({ state, shown }));
}
