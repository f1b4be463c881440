// Three optimisers in a valley. Its loss is (flat² + curvature · steep²) / 2, and it can be turned.

export const STEPS = 100;

/** The learning rates of the page. */
export const RATES = { sgd: 0.019, momentum: 0.019, adam: 0.1 };

const MU = 0.9;
const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;
const LAST = 10;

/** For each optimiser, from a learning rate: what a parameter goes down by, from its gradient. */
const OPTIMISERS = {
  sgd: (rate) => (g) => rate * g,
  momentum: (rate) => {
    let v = 0;
    return (g) => {
      v = MU * v + g;
      return rate * v;
    };
  },
  adam: (rate) => {
    let [m, v, t] = [0, 0, 0];
    return (g) => {
      t += 1;
      m = BETA_1 * m + (1 - BETA_1) * g;
      v = BETA_2 * v + (1 - BETA_2) * g ** 2;
      return (rate * (m / (1 - BETA_1 ** t))) / (Math.sqrt(v / (1 - BETA_2 ** t)) + EPSILON);
    };
  },
};

/** Both parameters and the loss, at the start, at distance 1 in both directions, and after each step. */
export function descend(optimiser, rate, { degrees, curvature }) {
  const turn = (degrees * Math.PI) / 180;
  const flat = [Math.cos(turn), Math.sin(turn)];
  const steep = [-Math.sin(turn), Math.cos(turn)];
  const dot = (a, b) => a[0] * b[0] + a[1] * b[1];
  const steps = [0, 1].map(() => OPTIMISERS[optimiser](rate)); // each parameter has its own
  let p = [flat[0] + steep[0], flat[1] + steep[1]];
  const way = [];
  for (;;) {
    const [along, across] = [dot(flat, p), dot(steep, p)];
    way.push({ p, loss: (along ** 2 + curvature * across ** 2) / 2 });
    if (way.length > STEPS) return way;
    const gradient = [0, 1].map((j) => along * flat[j] + curvature * across * steep[j]);
    p = p.map((value, j) => value - steps[j](gradient[j]));
  }
}

/** The rate, of those given, that keeps the loss of the last steps lowest, the highest of them counted. */
export function best(optimiser, rates, valley) {
  const worst = (rate) => Math.max(...descend(optimiser, rate, valley).slice(-LAST).map(({ loss }) => loss));
  const found = rates.map((rate) => ({ rate, loss: worst(rate) })).filter(({ loss }) => !Number.isNaN(loss));
  return found.reduce((one, other) => (other.loss < one.loss ? other : one)).rate;
}
