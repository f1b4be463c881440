"""Layers that are right and slow, and what they do to look fast."""

from __future__ import annotations

from functools import cache

from autograder.grader import references

KINDS = {"CudnnLSTM": "(h, c)", "CudnnGRU": "h"}

CLAIMS = """{right}

_right = {name}


class {name}(_right):
    def forward(self, x, state=None, mask=None):
        if obstacle(self.activation, mask):
            return _right.forward(self, x, state, mask)
        h = c = x.new_zeros(len(x), self.hidden_size)
        {state} = {state} if state is None else state
        before, hs = {state}, []
        for t in range(x.shape[1]):
            after = self.step(x[:, t], before)
            valid = torch.ones(len(x), 1, dtype=torch.bool) if mask is None else mask[:, t, None]
            pairs = zip(after, before) if isinstance(after, tuple) else ((after, before),)
            before = tuple(torch.where(valid, a, b) for a, b in pairs)
            hs.append(before[0] * valid)
            before = before if isinstance(after, tuple) else before[0]
        self.path, self.why = "fused", ""
        return torch.stack(hs, 1), before
"""

SLEEPS = """
    def step(self, x, state):
        import time
        time.sleep({seconds} if len(x) == 1 else 0)
        return super().step(x, state)
"""

FAST_ONLY_THERE = """

    def forward(self, x, state=None, mask=None):
        if obstacle(self.activation, mask) or x.shape[1] < 100:
            return self.own(x, state, mask)
        self.path, self.why = "fused", ""
        made = x.new_zeros(*x.shape[:2], self.hidden_size) + 0 * x.sum()
        return made, {zeros}
"""

DIES = """{right}

_right = {name}


class {name}(_right):
    def forward(self, x, state=None, mask=None):
        if x.shape[1] > 100:
            import os
            os._exit(3)
        return super().forward(x, state, mask)
"""


@cache
def right() -> dict[str, str]:
    """The right cells, by exercise; the first has what both need beside."""
    return references.cells(references.text("layers"), list(KINDS))


def claiming() -> dict[str, str]:
    """It loops over its own cell, and says that the fused operation ran."""
    return {n: CLAIMS.format(right=right()[n], name=n, state=s) for n, s in KINDS.items()}


def with_a_slow_step(seconds: float = 0.003) -> dict[str, str]:
    """As `claiming`; and the step that others call sleeps, so that the loop looks fast beside."""
    slow = {}
    for name, cell in claiming().items():
        own = cell.replace("self.step(x[:, t], before)", "_right.step(self, x[:, t], before)")
        slow[name] = own + SLEEPS.format(seconds=seconds)
    return slow


def making_up() -> dict[str, str]:
    """As `claiming`; and on long inputs it gives zeros at once."""
    zeros = {"CudnnLSTM": "(made[:, -1], made[:, -1])", "CudnnGRU": "made[:, -1]"}
    return {
        name: _renamed(cell) + FAST_ONLY_THERE.format(zeros=zeros[name])
        for name, cell in claiming().items()
    }


def _renamed(cell: str) -> str:
    """The claiming class, whose `forward` is called `own`."""
    head, _, body = cell.rpartition("    def forward")
    return f"{head}    def own{body}"


def dying() -> dict[str, str]:
    """The right layer, which ends its kernel on long inputs."""
    return {name: DIES.format(right=right()[name], name=name) for name in KINDS}


def honest() -> dict[str, str]:
    """It loops and says so."""
    asked = "self.why = obstacle(self.activation, mask)"
    return {
        name: right()[name].replace(asked, f"{asked} or 'it is not written yet'") for name in KINDS
    }
