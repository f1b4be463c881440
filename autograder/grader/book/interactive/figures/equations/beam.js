// A model of four words, in which a word hangs on the one before it alone, and a beam that reads it.

/** The probability of each word after each; what is not named has none. */
export const MODEL = {
  BOS: { A: 0.6, B: 0.4 },
  A: { A: 0.25, B: 0.25, C: 0.25, D: 0.25 },
  B: { C: 0.9, EOS: 0.1 },
  C: { D: 0.9, EOS: 0.1 },
  D: { EOS: 1 },
};

/**
 * All that a beam of a width looks at, step by step, the likeliest first.
 *
 * What is kept and has not ended is continued in the next step. Of equals, the one that is found
 * first is kept: hypotheses in the order of their beam, words in that of the model.
 */
export function beam(width, count) {
  const begin = { words: ["BOS"], chance: 1, parent: null, kept: true };
  const steps = [[begin]];
  while (steps.length <= count) {
    const open = steps.at(-1).filter(({ words, kept }) => kept && words.at(-1) !== "EOS");
    const found = open.flatMap((parent) =>
      Object.entries(MODEL[parent.words.at(-1)]).map(([word, share]) => ({
        words: [...parent.words, word],
        chance: parent.chance * share,
        parent,
      })),
    );
    const ranked = found.toSorted((a, b) => b.chance - a.chance);
    steps.push(ranked.map((one, rank) => ({ ...one, kept: rank < width })));
  }
  return steps;
}
