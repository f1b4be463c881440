"""The paper's own task, news articles and highlights, by the rules and networks of the course.

The folder of the published files is named: `make experiments DATA=FOLDER`. The networks are larger
than those for synopses, and ask for a GPU.
"""

from __future__ import annotations

from typing import Any

import torch

from autograder.corpora import MissingDataError, news
from autograder.grader.experiments.named_folder import named_folder
from autograder.grader.experiments.summaries import CHAPTER as CHAPTER
from autograder.grader.experiments.summaries import PACKAGES as PACKAGES
from autograder.grader.experiments.summaries import SEEDS, compared, networks

NETWORKS = networks(
    E=128, H=256, V=50_000, M=400, longest=80, lr=1e-3, epochs=8, batch=32, dropout=0.2
)


def measure() -> dict[str, Any]:
    """Scores of the rules and of the networks with every seed.

    Raises:
        MissingDataError: where no folder was named, the articles are not in it, or no GPU is here.
    """
    folder = named_folder("The corpus of CNN and the Daily Mail")
    if not torch.cuda.is_available():
        raise MissingDataError("The networks for news ask for a GPU, and torch finds none here.")
    with torch.device("cuda"):
        return {"seeds": SEEDS, **compared(news.load(folder), NETWORKS)}
