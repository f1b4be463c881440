"""Mistakes in `adam_step` and `train`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.feedforward_sections import ADAM, DIGITS

T = 't = state.get("t", 0) + 1'
M = 'm = beta1 * state.get("m", 0.0) + (1 - beta1) * g'
V = 'v = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2'
M_HAT = "m_hat = m / (1 - beta1**t)"
V_HAT = "v_hat = v / (1 - beta2**t)"
STEP = "p_next = p - lr * m_hat / (np.sqrt(v_hat) + eps)"
RETURN = 'return p_next, {"t": t, "m": m, "v": v}'

STEPS = (
    (
        "m-not-corrected",
        ((M_HAT, "m_hat = m"),),
        "The bias of m is not corrected: the first steps are far too small.",
    ),
    (
        "v-not-corrected",
        ((V_HAT, "v_hat = v"),),
        "The bias of v is not corrected: the first steps are far too large.",
    ),
    (
        "nothing-corrected",
        ((M_HAT, "m_hat = m"), (V_HAT, "v_hat = v")),
        "Neither m nor v is corrected for having started at 0.",
    ),
    (
        "first-step-is-two",
        ((T, 't = state.get("t", 1) + 1'),),
        "The first step counts as t = 2; it is t = 1.",
    ),
    (
        "first-step-is-zero",
        ((T, 't = state.get("t", -1) + 1'),),
        "The first step counts as t = 0, for which the correction divides by 0.",
    ),
    (
        "step-not-counted",
        ((RETURN, 'return p_next, {"t": 0, "m": m, "v": v}'),),
        "Every step counts as the first: t is not carried on in the state.",
    ),
    (
        "corrected-once-for-all",
        ((RETURN, 'return p_next, {"t": t, "m": m_hat, "v": v_hat}'),),
        "The corrected m and v are carried on. Only their plain versions are; the correction is "
        "made anew at each step.",
    ),
    (
        "m-not-kept",
        ((RETURN, 'return p_next, {"t": t, "v": v}'),),
        "m starts from 0 at every step.",
    ),
    (
        "v-not-kept",
        ((RETURN, 'return p_next, {"t": t, "m": m}'),),
        "v starts from 0 at every step.",
    ),
    (
        "state-not-kept",
        ((RETURN, "return p_next, {}"),),
        "Nothing is carried from one step to the next: each is the first.",
    ),
    (
        "betas-exchanged",
        ((T, f"beta1, beta2 = beta2, beta1\n    {T}"),),
        "beta1 and beta2 are exchanged.",
    ),
    (
        "betas-inverted",
        ((T, f"beta1, beta2 = 1 - beta1, 1 - beta2\n    {T}"),),
        "The old and the new change places in the averages: beta is the share that is kept.",
    ),
    (
        "sums-in-place-of-averages",
        ((M, M.replace("(1 - beta1) * g", "g")), (V, V.replace("(1 - beta2) * g**2", "g**2"))),
        "The new gradient comes in whole; only the share 1 − beta of it does.",
    ),
    ("v-of-g-itself", ((V, V.replace("g**2", "np.abs(g)")),), "v averages |g|; it averages g²."),
    (
        "root-missing",
        ((STEP, STEP.replace("np.sqrt(v_hat)", "v_hat")),),
        "The step is divided by v; it is divided by its root.",
    ),
    (
        "eps-inside-the-root",
        ((STEP, "p_next = p - lr * m_hat / np.sqrt(v_hat + eps)"),),
        "eps is added under the root; it is added to the root.",
    ),
    (
        "eps-before-the-correction",
        ((STEP, "p_next = p - lr * m_hat / ((np.sqrt(v) + eps) / np.sqrt(1 - beta2**t))"),),
        "eps is added before v is corrected, as in the shortcut of the paper's section 2; here "
        "it comes last.",
    ),
    (
        "eps-missing",
        ((STEP, STEP.replace(" + eps", "")),),
        "eps is not used: a gradient that is 0 gives 0/0.",
    ),
    (
        "uphill",
        ((STEP, STEP.replace("p - lr", "p + lr")),),
        "The step goes uphill: its sign is wrong.",
    ),
    (
        "momentum-alone",
        ((STEP, "p_next = p - lr * m_hat"),),
        "The step is not divided by the root of v: this is gradient descent with momentum.",
    ),
    (
        "no-momentum",
        ((STEP, STEP.replace("m_hat", "g")),),
        "The step takes g where it takes m: this is RMSProp.",
    ),
    ("plain-descent", ((STEP, "p_next = p - lr * g"),), "This is plain gradient descent."),
    (
        "sign-descent",
        ((STEP, "p_next = p - lr * np.sign(g)"),),
        "Only the sign of the gradient counts.",
    ),
    (
        "weight-decay",
        ((T, f"g = g + 0.01 * p\n    {T}"),),
        "The parameters are pulled to 0 by weight decay, which is not asked for.",
    ),
    (
        "largest-v",
        (
            (V_HAT, f'{V_HAT}\n    v_hat = np.maximum(v_hat, state.get("largest", 0.0))'),
            (RETURN, 'return p_next, {"t": t, "m": m, "v": v, "largest": v_hat}'),
        ),
        "The largest v so far is used: this is AMSGrad.",
    ),
    (
        "nesterov",
        ((STEP, STEP.replace("m_hat /", "(beta1 * m_hat + (1 - beta1) * g / (1 - beta1**t)) /")),),
        "The gradient is counted ahead: this is Nadam.",
    ),
    (
        "one-rate-for-the-array",
        ((STEP, STEP.replace("np.sqrt(v_hat)", "np.sqrt(v_hat.mean())")),),
        "All entries share one v. Each entry has its own.",
    ),
    (
        "learning-rate-ignored",
        ((STEP, STEP.replace("lr", "1e-3")),),
        "The argument lr is not used.",
    ),
    (
        "step-alone",
        ((STEP, STEP.replace("p - lr", "-lr")),),
        "The step is returned; the parameters after it are wanted.",
    ),
    (
        "parameters-changed-in-place",
        ((STEP, f"{STEP}\n    p[...] = p_next"),),
        "The values are right, but the array p that was passed in is overwritten. Return a new "
        "one; whoever calls decides.",
    ),
    (
        "gradient-changed-in-place",
        ((V, f"{V}\n    g *= 0"),),
        "The values are right, but the array g that was passed in is overwritten.",
    ),
    (
        "single-precision",
        ((STEP, f'{STEP}.astype("float32")'),),
        "The result is float32 and has lost half its digits.",
    ),
)

BATCH = "loss, dz = softmax_cross_entropy(mlp.forward(x[batch]), y[batch])"
UPDATE = "p[...], states[k] = adam_step(p, g, states[k], lr)"
INNER = (
    "            for k, (p, g) in enumerate(zip(mlp.parameters(), mlp.gradients(), strict=True)):\n"
    f"                {UPDATE}\n"
)
STEP_AFTER = INNER.replace("            for", "for", 1).replace(" " * 16, " " * 12) + " " * 8
TOTAL = "total += float(loss) * len(batch)"
APPEND = "losses.append(total / len(x))"

TRAINING = (
    (
        "parameters-not-changed",
        ((UPDATE, UPDATE.replace("p[...]", "p")),),
        "The network stays as it is: the result of the step is given to a name, and not written "
        "into the array of the network.",
    ),
    (
        "backward-not-called",
        (("            mlp.backward(dz)\n", ""),),
        "The backward pass is never taken, so that the gradients are those of no batch at all.",
    ),
    (
        "labels-of-other-samples",
        ((BATCH, BATCH.replace("y[batch]", "y[start : start + batch_size]")),),
        "The samples are put in a new order and the labels are not.",
    ),
    (
        "uphill",
        ((UPDATE, UPDATE.replace("(p, g,", "(p, -g,")),),
        "The parameters are moved uphill: the sign of the gradient is turned.",
    ),
    (
        "samples-never-used",
        (("batch = order[start : start + batch_size]", "batch = np.arange(batch_size)"),),
        "Every step takes the same batch; most samples are never used.",
    ),
    (
        "order-not-from-rng",
        (("rng.permutation(", "np.random.permutation("),),
        "The order of the samples does not come from rng, so that no run can be repeated.",
    ),
    (
        "losses-summed-over-batches",
        ((TOTAL, "total += float(loss)"), (APPEND, "losses.append(total)")),
        "The losses of the batches are added up; the mean of the epoch is wanted.",
    ),
    (
        "losses-summed-over-samples",
        (
            (TOTAL, "total += float(loss) * len(batch) / -(-len(x) // batch_size)"),
            (APPEND, "losses.append(total)"),
        ),
        "The loss is a sum over the samples of a batch; the mean of the epoch is wanted.",
    ),
    (
        "learning-rate-not-used",
        ((UPDATE, UPDATE.replace(", lr)", ")")),),
        "The learning rate that is given is not used, and Adam takes its own.",
    ),
    (
        "one-step-an-epoch",
        (
            (INNER, ""),
            (
                APPEND,
                STEP_AFTER + APPEND,
            ),
        ),
        "The parameters are moved once an epoch, after its last batch. Each batch is a step.",
    ),
    (
        "softmax-twice",
        (
            (
                BATCH,
                "z = mlp.forward(x[batch])\n"
                "            e = np.exp(z - z.max(axis=1, keepdims=True))\n"
                "            p = e / e.sum(axis=1, keepdims=True)\n"
                "            loss, dz = softmax_cross_entropy(p, y[batch])",
            ),
        ),
        "A softmax is fed into the loss, which takes the softmax itself. The loss can then not "
        "fall below log(1 + (C − 1)/e).",
    ),
)

FAILING = (
    (
        "one-loss-a-batch",
        ((TOTAL, "losses.append(float(loss))"), (APPEND, "total = 0.0")),
        "There is a loss for every batch; one for every epoch is wanted.",
    ),
    (
        "one-epoch",
        (("for _ in range(epochs):", "for _ in range(1):"),),
        "Only one epoch is trained.",
    ),
    (
        "last-loss-alone",
        (("    return losses\n", "    return losses[-1]\n"),),
        "A number is returned; the list of all epochs' losses is wanted.",
    ),
    (
        "nothing-returned",
        (("    return losses\n", "    return None\n"),),
        "Nothing is returned; the list of the epochs' losses is wanted.",
    ),
    (
        "one-state-for-all-arrays",
        ((UPDATE, "p[...], states[0] = adam_step(p, g, states[0], lr)"),),
        "All arrays share one state of Adam. Each has its own.",
    ),
    (
        "inputs-shuffled-in-place",
        (
            (
                "order = rng.permutation(len(x))",
                "order = rng.permutation(len(x))\n        x[...], y[...] = x[order], y[order]",
            ),
        ),
        "The arrays x and y that were passed in are put in another order. Take the rows by index, "
        "or work on copies.",
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *catalogue("adam_step", ((*row, ADAM) for row in STEPS)),
    *catalogue("train", ((*row, DIGITS) for row in (*TRAINING, *FAILING))),
)
