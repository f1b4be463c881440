"""Mistakes in `sample`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.recurrent_sections import SAMPLING

READ = "for token in prefix:\n        logits, state = step(token, state)"
ON = "logits, state = step(ids[-1], state)"
COUNT = "for _ in range(n):"
GREEDY = "ids.append(int(np.argmax(logits)))"
ZERO = "if temperature == 0:"
P = "p = np.exp((logits - np.max(logits)) / temperature)"
DRAW = "ids.append(int(rng.choice(len(p), p=p / p.sum())))"
RETURN = "return ids"


def read(new: str) -> Edits:
    """What is done with the prefix replaced."""
    return ((READ, new),)


def probabilities(new: str) -> Edits:
    """The weights of the words replaced."""
    return ((P, f"p = {new}"),)


def draw(new: str) -> Edits:
    """The draw replaced."""
    return ((DRAW, f"ids.append(int({new}))"),)


READING = (
    (
        "only-the-last-of-the-prefix",
        read("logits, state = step(prefix[-1], state)"),
        "The model reads the last word of the prefix alone; what comes before it is lost.",
    ),
    (
        "only-the-first-of-the-prefix",
        read("logits, state = step(prefix[0], state)"),
        "The model reads the first word of the prefix alone.",
    ),
    (
        "last-of-the-prefix-twice",
        read(f"{READ}\n    logits, state = step(prefix[-1], state)"),
        "The model reads the last word of the prefix twice. Its logits after the first time are "
        "those of the first new word.",
    ),
    (
        "prefix-backward",
        read(READ.replace("in prefix", "in reversed(prefix)")),
        "The model reads the prefix backward.",
    ),
    (
        "state-lost-in-the-prefix",
        read(READ.replace("step(token, state)", "step(token, None)")),
        "Each word of the prefix is read from a state of None; the state goes on from word to "
        "word.",
    ),
    (
        "state-lost",
        ((ON, "logits, state = step(ids[-1], None)"),),
        "Each new word is read from a state of None; the state goes on from word to word.",
    ),
    (
        "state-lost-everywhere",
        (
            (ON, "logits, state = step(ids[-1], None)"),
            *read(READ.replace("step(token, state)", "step(token, None)")),
        ),
        "Every word is read from a state of None: the model has no memory. The state goes on from "
        "word to word.",
    ),
    (
        "state-of-the-prefix-for-all",
        ((ON, "logits, _ = step(ids[-1], state)"),),
        "Each new word is read from the state after the prefix; the state goes on from word to "
        "word.",
    ),
    (
        "new-words-not-read",
        ((ON, "logits, state = step(prefix[-1], state)"),),
        "The model reads the last word of the prefix again and again. It has to read what it "
        "writes.",
    ),
    (
        "written-at-once",
        ((ON, "pass"),),
        "All new words are drawn from the logits after the prefix. The model has to read each "
        "word that it writes.",
    ),
    (
        "first-new-word-for-all",
        ((ON, "logits, state = step(ids[0], state)"),),
        "The model reads its first new word again and again; it reads the last one.",
    ),
    (
        "prefix-read-again",
        (
            (
                ON,
                "state = None\n            for token in [*prefix, *ids]:\n"
                "                logits, state = step(token, state)",
            ),
        ),
        "All words are read anew for each new one. The state holds what was read; one call of "
        "step a word is enough.",
    ),
)

WRITING = (
    (
        "prefix-in-the-result",
        ((RETURN, "return [*prefix, *ids]"),),
        "The prefix is in the result; the new words alone are wanted.",
    ),
    (
        "last-of-the-prefix-in-the-result",
        ((RETURN, "return [prefix[-1], *ids][:n]"),),
        "The result begins with the last word of the prefix, and the last new word is missing.",
    ),
    (
        "one-word-too-many",
        ((COUNT, "for _ in range(n + 1):"),),
        "There is one word too many.",
    ),
    (
        "prefix-counted",
        ((COUNT, "for _ in range(max(n - len(prefix), 1)):"),),
        "The words of the prefix are counted among the n; n new ones are wanted.",
    ),
    (
        "one-word-too-few",
        ((COUNT, "for _ in range(max(n - 1, 1)):"),),
        "The last word is missing.",
    ),
    (
        "last-word-alone",
        ((RETURN, "return ids[-1:]"),),
        "Only the last word is returned.",
    ),
    (
        "order-reversed",
        ((RETURN, "return ids[::-1]"),),
        "The words are returned in reversed order.",
    ),
)

TEMPERATURES = (
    (
        "zero-divided",
        ((ZERO, "if False:"),),
        "It fails at the temperature 0, which cannot be divided by: the largest logit is meant "
        "there.",
    ),
    (
        "zero-is-one",
        ((ZERO, "if temperature == 0:\n            temperature = 1.0\n        if False:"),),
        "At the temperature 0 words are drawn as at 1; the largest logit is meant there.",
    ),
    (
        "smallest-at-zero",
        ((GREEDY, "ids.append(int(np.argmin(logits)))"),),
        "At the temperature 0 it is the word with the smallest logit; the largest is meant.",
    ),
    (
        "largest-in-size-at-zero",
        ((GREEDY, "ids.append(int(np.argmax(np.abs(logits))))"),),
        "At the temperature 0 the sign of the logits is lost.",
    ),
    (
        "second-largest-at-zero",
        ((GREEDY, "ids.append(int(np.argsort(logits)[-2]))"),),
        "At the temperature 0 it is the second best word.",
    ),
    (
        "softmax-without-shift",
        probabilities("np.exp(logits / temperature)"),
        "It fails for logits of 1000: exponentials overflow. The softmax does not change when all "
        "logits are shifted; use that.",
    ),
    (
        "largest-always",
        draw("np.argmax(p)"),
        "The likeliest word is taken at every temperature; words are drawn by chance, each as "
        "often as its probability says.",
    ),
    (
        "all-words-alike",
        ((P, "p = 1.0 * (logits > np.max(logits) - 900)"),),
        "All words that are possible are drawn equally often.",
    ),
    (
        "temperature-not-used",
        probabilities("np.exp(logits - np.max(logits))"),
        "The temperature is not used: words are drawn as at the temperature 1.",
    ),
    (
        "temperature-multiplied",
        probabilities("np.exp((logits - np.max(logits)) * temperature)"),
        "The logits are multiplied by the temperature; they are divided by it. A high one makes "
        "the words more alike.",
    ),
    (
        "temperature-squared",
        probabilities("np.exp((logits - np.max(logits)) / temperature**2)"),
        "The logits are divided by the temperature twice.",
    ),
    (
        "root-of-the-temperature",
        probabilities("np.exp((logits - np.max(logits)) / np.sqrt(temperature))"),
        "The logits are divided by the root of the temperature.",
    ),
    (
        "smallest-left-out",
        (
            (
                DRAW,
                "p[np.argmin(p)] = 0\n            " + DRAW,
            ),
        ),
        "The least likely word is never drawn.",
    ),
)

RANDOMNESS = (
    (
        "not-from-rng",
        draw("np.random.choice(len(p), p=p / p.sum())"),
        "Words are drawn from NumPy's global generator; the one that is passed in is meant.",
    ),
    (
        "generator-made-anew",
        ((COUNT, f"rng = np.random.default_rng(0)\n    {COUNT}"),),
        "A generator is made inside, so that every call gives the same words. Draw from the one "
        "that is passed in.",
    ),
)

MISTAKES: tuple[Mistake, ...] = catalogue(
    "sample", ((*row, SAMPLING) for row in (*READING, *WRITING, *TEMPERATURES, *RANDOMNESS))
)
