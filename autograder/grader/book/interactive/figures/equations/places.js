// Where a kernel goes along one axis, and what it leaves.

/** Numbers to begin with: those of the still figure, and some that leave no place. */
export const SETTINGS = {
  "Stride 1": { n: 7, k: 3, s: 1, p: 0, d: 1 },
  "Stride 2": { n: 8, k: 3, s: 2, p: 0, d: 1 },
  "Dilation 2": { n: 7, k: 3, s: 2, p: 1, d: 2 },
  "No place": { n: 6, k: 4, s: 1, p: 0, d: 2 },
};

/**
 * The places of a kernel, each a list of what its taps meet, counted from 0 on the padded axis.
 *
 * `steps` is what the stride divides, `left` how many are left over at the end, and `unmet` are
 * those that no tap meets, wherever they are.
 */
export function placesOf({ n, k, s, p, d }) {
  const length = n + 2 * p;
  const reach = d * (k - 1) + 1;
  const steps = length - reach;
  const formula = Math.floor(steps / s) + 1;
  const places = Array.from({ length: Math.max(0, formula) }, (_, i) =>
    Array.from({ length: k }, (_, tap) => s * i + d * tap),
  );
  const met = new Set(places.flat());
  return {
    length,
    reach,
    steps,
    formula,
    places,
    left: places.length ? steps % s : length,
    unmet: Array.from({ length }, (_, at) => at).filter((at) => !met.has(at)),
  };
}
