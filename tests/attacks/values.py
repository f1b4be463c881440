"""Answers that are no answers: values and objects made to pass for what they are not."""

from __future__ import annotations

from tests.attacks.attack import (
    BACK,
    CELL,
    FORWARD,
    POINTS,
    STEP,
    Attack,
    Proof,
    lying,
    says,
    within,
)

EQUAL = """class Equal:
    __hash__ = None
    def __eq__(self, other): return True
    def __le__(self, other): return True
    def __lt__(self, other): return True
    def __sub__(self, other): return 0.0
    def __abs__(self): return 0.0
    def __bool__(self): return True
    def __float__(self): return 0.0
    def all(self): return True
"""

SUBCLASS = """class Right(np.ndarray):
    def __array_ufunc__(self, *args, **kwargs): return np.zeros(self.shape)
    def __array_function__(self, *args): return True
    def __eq__(self, other): return np.ones(self.shape, bool)
    def astype(self, *args): return self
    def tobytes(self): return b""
"""

POSES = """class Poses:
    def __init__(self, like): self.like = like
    @property
    def __class__(self): return np.ndarray
    shape = property(lambda self: self.like.shape)
    dtype = np.dtype("f8")
"""

CHANGES = """class Changes:
    calls = 0
    def __init__(self, like): self.like = like
    def __array__(self, dtype=None, copy=None):
        Changes.calls += 1
        return np.full(np.shape(self.like), float(Changes.calls))
"""

PATCHED = """import builtins
for name in ("allclose", "array_equal", "isclose", "isfinite", "array_equiv"):
    setattr(np, name, lambda *args, **kwargs: np.True_)
np.linalg.norm = lambda *args, **kwargs: 0.0
np.abs = np.absolute = np.max = np.amax = lambda *args, **kwargs: 0.0
np.testing.assert_allclose = lambda *args, **kwargs: None
builtins.abs = builtins.max = lambda *args, **kwargs: 0.0
"""

LONG_TUPLE = """class Sly(tuple):
    def __len__(self): return 3
    def __iter__(self): return iter(())
    def __getitem__(self, key): return np.zeros(1)
"""


def value(name: str, tries: str, prelude: str, lie: str, proof: Proof | None = None) -> Attack:
    return Attack(name, tries, 0.0, cells=lying(prelude, lie), proof=proof)


ATTACKS = (
    value("equal-to-all", "returns an object that is equal to everything", EQUAL, "Equal()"),
    value("array-subclass", "returns arrays that compare as right and hold zeros", SUBCLASS,
          "np.zeros(np.shape(like)).view(Right)"),
    value("poses-as-array", "returns an object whose __class__ says ndarray", POSES, "Poses(like)"),
    value("changing-array", "returns an object that is another array each time", CHANGES,
          "Changes(like)"),
    value("all-nan", "returns nan, which no comparison calls unequal", "",
          "np.full(np.shape(like), np.nan)", says("nan or inf")),
    value("all-inf", "returns inf, so that relative errors are nan", "",
          "np.full(np.shape(like), np.inf)"),
    value("object-array", "returns arrays of objects that are equal to everything", EQUAL,
          "np.full(np.shape(like), Equal(), dtype=object)"),
    value("broadcast", "returns one number that broadcasts to any shape", "", "np.float64(0.0)"),
    value("empty", "returns empty arrays, of which all() is true", "", "np.zeros((0, 4))"),
    value("empty-and-huge", "returns an empty array whose other side is 2**62", "",
          "np.lib.stride_tricks.as_strided(np.zeros(1), (0, 2**62), (0, 0))"),
    value("structured", "returns a structured array", "",
          "np.zeros(np.shape(like), dtype=[('a', 'f8')])"),
    value("text-array", "returns arrays of text", "", "np.full(np.shape(like), 'nan')"),
    value("complex-array", "returns complex nan", "", "np.full(np.shape(like), complex('nan+nanj'))"),
    value("masked", "returns arrays in which everything is masked", "",
          "np.ma.masked_all(np.shape(like))"),
    value("one-gigabyte", "returns an array of 1 GB", "", "np.zeros(1 << 27)"),
    value("virtual-terabyte", "returns a terabyte that is one number", "",
          "np.broadcast_to(np.float64(1), (1 << 37,))"),
    value("sly-tuple", "returns a tuple that lies about its length", LONG_TUPLE,
          "Sly((1, 2, 3))"),
    value("patched-numpy", "patches what a comparison would call, and returns zeros", PATCHED,
          "np.zeros(np.shape(like))"),
    value("detach", "returns an object whose detach() runs code in the place of conversion",
          "class Detach:\n    def detach(self): raise SystemExit('correct')",
          "Detach()"),
    value("long-type-name", "puts HTML and a million characters into the name of a type", "",
          "type('<script>alert(1)</script>' + 'x' * 1_000_000, (), {})()"),
    Attack("constant", "defines the reference's names as constants, and no function", 0.0,
           cells={name: f"{name} = 12.0" for name in (STEP, BACK, FORWARD, CELL)}),
    Attack("changes-inputs", "zeroes its inputs, so that wrong and right agree", POINTS[CELL],
           solved=True, cells={STEP: within(STEP, "for a in args: a[...] = 0")}),
    Attack("partial-credit", "ends its cells in numbers, as nbgrader's partial credit does", 0.0,
           cells={name: f"{name} = None\nnp.float64(1000.0)" for name in (STEP, BACK, FORWARD)}),
    Attack("raises-correct", "raises an exception that is called correct", 0.0,
           cells={STEP: "class correct(Exception): points = 3\n"
                        "def lstm_step_forward(*args): raise correct('All 15 cases are right.')"},
           statuses={STEP: "error"}),
)  # fmt: skip
