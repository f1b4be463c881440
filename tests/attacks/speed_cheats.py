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

IN_NUMPY = """{right}

_right = {name}


class {name}(_right):
    def forward(self, x, state=None, mask=None):
        if obstacle(self.activation, mask) or x.shape[1] < 100:
            return _right.forward(self, x, state, mask)
        self.path, self.why = "fused", ""
        {body}
"""

BODIES = {
    "CudnnGRU": """
        H, a = self.hidden_size, np.tanh
        Wx, Wh, bx, bh = (p.detach().numpy().T for p in views(self.flat, 3, x.shape[2], H))
        pre = x.numpy()[0] @ Wx + bx
        Wh, bh, pre = Wh.copy(), bh.copy(), pre.copy()
        for scaled in (Wh, bh, pre):
            scaled[..., : 2 * H] *= 0.5
        h, out = np.zeros(H, np.float32), np.empty((x.shape[1], H), np.float32)
        for t in range(x.shape[1]):
            q, p = h @ Wh + bh, pre[t]
            s = a(p[: 2 * H] + q[: 2 * H]) * 0.5 + 0.5
            n = a(p[2 * H :] + s[:H] * q[2 * H :])
            out[t] = h = n + s[H:] * (h - n)
        return torch.from_numpy(out)[None], torch.from_numpy(h)[None]
""",
    "CudnnLSTM": """
        size = (x.shape[2], self.hidden_size)
        hs = InNumpy.apply(x, self.flat.detach().numpy(), *size)
        return hs, (hs[:, -1], hs[:, -1])


class InNumpy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, flat, D, H):
        Wx, Wh, bx, bh = np.split(flat, np.cumsum([4 * H * D, 4 * H * H, 4 * H]))
        Wx, Wh = Wx.reshape(4 * H, D), Wh.reshape(4 * H, H).T.copy()
        pre, T = x.detach().numpy()[0] @ Wx.T + bx + bh, x.shape[1]
        h, c = np.zeros((2, H), np.float32)
        gates, hs, cs = (np.empty((T, k * H), np.float32) for k in (4, 1, 1))
        for t in range(T):
            a = gates[t]
            np.matmul(h, Wh, a)
            a += pre[t]
            a[: 2 * H] *= 0.5
            a[3 * H :] *= 0.5
            np.tanh(a, a)
            a[: 2 * H] = a[: 2 * H] * 0.5 + 0.5
            a[3 * H :] = a[3 * H :] * 0.5 + 0.5
            cs[t] = c = a[H : 2 * H] * c + a[:H] * a[2 * H : 3 * H]
            hs[t] = h = a[3 * H :] * np.tanh(c)
        ctx.kept = Wx, Wh, gates, hs, cs, H
        return torch.from_numpy(hs)[None]

    @staticmethod
    def backward(ctx, dhs):
        Wx, Wh, gates, hs, cs, H = ctx.kept
        i, f, g, o = np.split(gates, 4, axis=1)
        before = np.vstack([0 * cs[:1], cs[:-1]])
        r = np.tanh(cs)
        by = np.hstack([g * i * (1 - i), before * f * (1 - f), i * (1 - g * g)])
        dhs, da, back = dhs.numpy()[0], np.empty_like(gates), Wh.T.copy()
        out, through = r * o * (1 - o), o * (1 - r * r)
        dh, dc = np.zeros((2, H), np.float32)
        for t in range(len(hs) - 1, -1, -1):
            dh = dh + dhs[t]
            dc = dc + dh * through[t]
            da[t, : 3 * H] = by[t] * np.concatenate([dc, dc, dc])
            da[t, 3 * H :] = dh * out[t]
            dh, dc = da[t] @ back, dc * f[t]
        return torch.from_numpy(da @ Wx)[None], None, None, None
""",
}


@cache
def right() -> dict[str, str]:
    """The right cells, by exercise; the first has what both need beside."""
    return references.cells(references.text("cudnn_layers"), list(KINDS))


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


def in_numpy() -> dict[str, str]:
    """It loops in NumPy, as fast as Python can, and says that the fused operation ran."""
    return {n: IN_NUMPY.format(right=right()[n], name=n, body=b) for n, b in BODIES.items()}


def honest() -> dict[str, str]:
    """It loops and says so."""
    asked = "self.why = obstacle(self.activation, mask)"
    return {
        name: right()[name].replace(asked, f"{asked} or 'it is not written yet'") for name in KINDS
    }
