"""What the experiment on temporal links is made of: rivals, questions both ways, and scores.

Constants and epochs are chosen by macro F1 on generated links of other words; what is written and
what is real is asked about once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from autograder.experiments import linker
from autograder.experiments.linker import Asked, Setting, Trained
from autograder.grader import references
from autograder.grader.experiments.classifiers import macro_f1

STRENGTHS = (0.1, 1.0, 10.0)

Answer = Callable[[Sequence[Asked]], list[str]]


class Parts(NamedTuple):
    """Links to learn from, and links to choose by."""

    train: list[Asked]
    dev: list[Asked]


def right(name: str) -> Any:
    """A function of the assignment."""
    return _references()[name]


@cache
def _references() -> dict[str, Any]:
    return references.namespace("temporal")


def turned(questions: Sequence[Asked]) -> list[Asked]:
    """The same links, read the other way round."""
    return [
        Asked(one.tokens, one.second, one.first, right("inverse")(one.relation))
        for one in questions
    ]


def doubled(questions: Sequence[Asked]) -> list[Asked]:
    """The links and their inverses."""
    return [*questions, *turned(questions)]


def macro(questions: Sequence[Asked], answers: Sequence[str]) -> float:
    """The mean F1 of the relations that are asked for."""
    y = [one.relation for one in questions]
    return macro_f1(y, answers, sorted(set(y)))


# Rivals.


def by_rule(time: str) -> str:
    """The rule of the lesson: what the last word of a time ends in."""
    ends = {"부터": "BEGUN_BY", "까지": "ENDED_BY", "이후": "AFTER", "이전": "BEFORE"}
    return next((name for end, name in ends.items() if time.endswith(end)), "IS_INCLUDED")


def rule(questions: Sequence[Asked]) -> list[str]:
    """What the rule says of each second argument."""
    return [by_rule(one.tokens[one.second[1] - 1]) for one in questions]


def words_of(question: Asked) -> dict[str, float]:
    """The words of the text, those of the arguments, and those behind them, each whole."""
    found = {f"word {token}": 1.0 for token in question.tokens}
    for n, span in enumerate((question.first, question.second), start=1):
        found[f"{n} {question.tokens[span[1] - 1]}"] = 1.0
        found[f"behind {n} {behind(question, span)}"] = 1.0
    return found | {f"first stands first: {question.first < question.second}": 1.0}


def endings_of(question: Asked) -> dict[str, float]:
    """The last one to three syllables of the arguments, and the word behind each of them."""
    found = {f"first stands first: {question.first < question.second}": 1.0}
    for n, span in enumerate((question.first, question.second), start=1):
        word, follows = question.tokens[span[1] - 1], behind(question, span)
        found |= {f"{n} ends in {word[-k:]}": 1.0 for k in (1, 2, 3)}
        found |= {f"behind {n} {follows}": 1.0, f"behind {n} begins {follows[:1]}": 1.0}
    return found


def behind(question: Asked, span: tuple[int, int]) -> str:
    """The token behind an argument."""
    return question.tokens[span[1]] if span[1] < len(question.tokens) else "</s>"


FEATURES = {"linear, words": words_of, "linear, endings": endings_of}


def linear(name: str, parts: Parts) -> tuple[Answer, dict[str, Any]]:
    """Logistic regression on the features of that name, with the strength that is best on dev."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    features = FEATURES[name]
    table = DictVectorizer()
    x = table.fit_transform(map(features, parts.train))
    y = [one.relation for one in parts.train]

    def answering(model: Any) -> Answer:
        return lambda asked: [
            str(relation) for relation in model.predict(table.transform(map(features, asked)))
        ]

    found = []
    for C in STRENGTHS:
        answer = answering(LogisticRegression(C=C, max_iter=300).fit(x, y))
        found.append((macro(parts.dev, answer(parts.dev)), C, answer))
    dev, C, answer = max(found, key=lambda one: one[0])
    return answer, {"dev": round(dev, 4), "C": C}


def network(how: Setting, parts: Parts, seed: int) -> tuple[Trained, dict[str, Any]]:
    """The classifier of the epoch that is best on dev, the first of those that are equal."""
    start = time.process_time()
    course: list[float] = []
    for after in linker.train(parts.train, how, seed):
        found = macro(parts.dev, after.answers(parts.dev))
        if found > max(course, default=-1.0):
            best = linker.kept(after)
        course.append(found)
    return best, {
        "dev": round(max(course), 4),
        "dev by epoch": [round(found, 3) for found in course],
        "parameters": sum(p.numel() for p in best.model.parameters()),
        "CPU seconds": round(time.process_time() - start),
    }


# Scores.


def scores(questions: Sequence[Asked], answer: Answer) -> tuple[dict[str, Any], list[str]]:
    """What is written of one classifier on one set, and its answers."""
    y = [one.relation for one in questions]
    said = answer(questions)
    back = answer(turned(questions))
    each = right("f1_by_relation")(y, said, sorted(set(y)))
    return {
        "macro F1": round(macro(questions, said), 4),
        "right": round(sum(a == b for a, b in zip(y, said, strict=True)) / len(y), 4),
        "consistent": round(right("inverse_consistency")(said, back), 4),
        "F1": {name: round(F, 3) for name, (_, _, F, _) in each.items()},
    }, said
