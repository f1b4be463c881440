// What is left of a gradient: a factor for one step, and its power for many.

/**
 * The factor of a simple network whose weights have a spectral radius, and whose states a size.
 *
 * It holds where the power of the weights is that of the radius, as for symmetric ones, and where
 * all states are of this size, so that the tanh has the same slope everywhere.
 */
export const simpleFactor = (radius, size) => radius * (1 - size ** 2);

/** The factor of an LSTM on the road of the cell state, with a gate that its bias alone decides. */
export const gatedFactor = (bias) => 1 / (1 + Math.exp(-bias));

/** What is left after so many steps. */
export const leftOf = (factor, steps) => factor ** steps;
