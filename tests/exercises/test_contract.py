"""The contract of the assignment `lstm`, item by item: what is accepted, and what is told."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest

from autograder.checking.assess import Assessment
from autograder.checking.compare import compare, summary
from autograder.checking.examine import examine
from autograder.exercises import Call, Exercise, Program, find, run
from autograder.grader import references
from tests.students import judged, solved

RIGHT = {
    name: references.definition("lstm", name)
    for name in ("lstm_step_forward", "lstm_step_backward", "lstm_forward", "LSTMCell")
}
RETURN = "return h_next, c_next, cache"
GRADIENTS = "return dx, dh, dc, dWx, dWh, db"


def edited(name: str, *edits: tuple[str, str]) -> str:
    source = RIGHT[name]
    for old, new in edits:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return source


def assessed(name: str, *edits: tuple[str, str], before: str = "") -> Assessment:
    """What the judge says of the reference with `edits`; the notebook has to say the same."""
    exercise = find(name)
    assert exercise is not None
    student = solved("lstm", **{name: before + edited(name, *edits)})
    hidden = judged(exercise, 11, student)
    public = examine(exercise, student[name])
    assert public.status == hidden.status
    return hidden


def correct(name: str, *edits: tuple[str, str], before: str = "") -> str:
    found = assessed(name, *edits, before=before)
    assert found.status == "correct", found.message
    return found.message


def wrong(name: str, *edits: tuple[str, str], before: str = "") -> str:
    found = assessed(name, *edits, before=before)
    assert found.status == "wrong", found
    return found.message


PAIR = "from collections import namedtuple\nStep = namedtuple('Step', 'h c cache')\n"


@pytest.mark.parametrize(
    ("edit", "before"),
    [
        ((RETURN, "return [h_next, c_next, cache]"), ""),
        ((RETURN, "return Step(h_next, c_next, cache)"), PAIR),
        ((RETURN, "return h_next, c_next, None"), ""),
        ((RETURN, "return h_next, c_next, [[], {}, lambda: cache]"), ""),
        ((RETURN, "return h_next.tolist(), c_next.tolist(), cache"), ""),
        ((RETURN, "return np.asfortranarray(h_next), np.repeat(c_next, 2, 1)[:, ::2], cache"), ""),
        ((RETURN, "return h_next.astype('>f8'), c_next.astype(np.longdouble), cache"), ""),
        ((RETURN, "return h_next.view(np.matrix), np.ma.array(c_next), cache"), ""),
    ],
)
def test_results_are_taken_in_any_sequence_and_layout(edit: tuple[str, str], before: str) -> None:
    correct("lstm_step_forward", edit, before=before)


def test_a_cache_may_be_none_only_where_nobody_needs_it() -> None:
    student = solved(
        "lstm",
        lstm_step_forward=edited("lstm_step_forward", (RETURN, "return h_next, c_next, None")),
    )
    exercise = find("lstm_step_backward")
    assert exercise is not None
    found = examine(exercise, student["lstm_step_backward"])
    assert found.status == "error"
    assert "TypeError" in found.message
    assert "cannot unpack" in found.message


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (
            "return h_next",
            r"It returns one ndarray; `h_next`, `c_next` and the cache are wanted, in this order\.",
        ),
        (
            "return h_next, c_next",
            r"It returns a tuple of length 2; `h_next`, `c_next` and the cache",
        ),
        ("return [h_next, c_next, cache, 1]", r"It returns a list of length 4; `h_next`"),
        ("return (h_next, c_next, cache),", r"It returns a tuple of length 1; "),
        ("pass", r"It returns None, as a function without a return statement does; `h_next`, "),
        ("return {'h': h_next}", r"It returns one dict; "),
        (
            "return h_next[0], c_next, cache",
            r"`h_next` has the shape \(4,\) for N=3, D=5, H=4; \(3, 4\) is wanted\.",
        ),
        ("return h_next, c_next[:, None], cache", r"`c_next` has the shape \(3, 1, 4\) for "),
        ("return 'h', c_next, cache", r"`h_next` is of type str; an array of numbers is wanted\."),
        (
            "return None, None, cache",
            r"`h_next` is None; an array of numbers is wanted\. Also wrong: `c_next`\.",
        ),
        ("return h_next.astype(object), c_next, cache", r"`h_next` is of type ndarray of object; "),
        ("return h_next + 0j, c_next, cache", r"`h_next` is of type ndarray of complex128; "),
        (
            "return h_next, c_next.astype('f4'), cache",
            r"`c_next` is float32 for N=3, D=5, H=4: somewhere .* float64, and loses digits\.",
        ),
        ("return h_next.astype('f2'), c_next, cache", r"`h_next` is float16 for "),
        (
            "return h_next.astype('f2') * 2, c_next, cache",
            r"More than that is wrong with its values\.",
        ),
        (
            "return h_next.astype('f4').astype(float), c_next, cache",
            r"it is close, but digits are lost on the way\.",
        ),
        (
            "return 3 * h_next, c_next, cache",
            r"`h_next` has wrong values for N=3, D=5, H=4: every entry is 3 times what it",
        ),
        ("return 0 * h_next, c_next, cache", r": it is zero everywhere\."),
        (
            "return h_next / 0, c_next, cache",
            r"`h_next` holds nan or inf for N=3, D=5, H=4\. Look for",
        ),
        ("return h_next * 1e308 * 10, c_next, cache", r"`h_next` holds nan or inf"),
        ("return h_next * 1e300, c_next * -1e300, cache", r"`h_next` has wrong values for"),
        (
            "return h_next, c_next + (b > 40).any(), cache",
            r"It is right in 10 of 14 cases, such as this one: N=3, D=5, H=4\.",
        ),
    ],
)
def test_what_is_wrong_with_a_result_is_told(new: str, told: str) -> None:
    said = wrong("lstm_step_forward", (RETURN, new))
    assert re.search(told, said), said


def test_a_bare_result_in_a_tuple_is_told() -> None:
    """No function of this assignment returns one result; the later ones do."""
    call = Call("N=2", "f", (np.ones(2),), ("dx",))
    program = Program("lstm", (call,))
    exercise = Exercise("f", "lstm", lambda rng: program, {"dx": "gradient"})
    expected = {"N=2": {"dx": np.ones(2)}}
    answers = run(program, {"f": lambda x: (x,)})
    findings = compare(exercise, program, answers, expected)
    said = summary([call], findings)
    assert said == "It returns a tuple of length 1; `dx` is wanted by itself."
    assert compare(exercise, program, run(program, {"f": lambda x: x}), expected) == []


def test_an_integer_array_of_right_values_is_converted() -> None:
    program = Program("lstm", (Call("N=2", "f", (np.ones(2),), ("dx",)),))
    exercise = Exercise("f", "lstm", lambda rng: program, {"dx": "gradient"})
    for answer in (np.ones(2, int), np.ones(2, bool)):
        answers = run(program, {"f": lambda x, answer=answer: answer})
        assert compare(exercise, program, answers, {"N=2": {"dx": np.ones(2)}}) == []


def test_a_tensor_is_converted_with_a_note() -> None:
    said = correct("lstm_step_forward", (RETURN, "return torch.from_numpy(h_next), c_next, cache"))
    assert "`h_next` is a tensor and was converted, which costs nothing" in said
    plain = correct("lstm_step_forward")
    assert plain == "All 14 cases are right."
    assert "tensor" not in correct("LSTMCell"), "where tensors are asked for, none is remarked on"


def test_a_tensor_that_needs_a_gradient_is_converted() -> None:
    new = "return torch.from_numpy(h_next).requires_grad_(), c_next, cache"
    correct("lstm_step_forward", (RETURN, new))


@pytest.mark.parametrize("argument", ["c", "Wx", "b"])
def test_a_changed_argument_is_told_by_its_name(argument: str) -> None:
    said = wrong("lstm_step_forward", (RETURN, f"{argument} += 7\n    {RETURN}"))
    assert f"It changes its own input: its `{argument}` is not the same" in said


def test_two_changed_arguments_are_told() -> None:
    said = wrong("lstm_step_forward", (RETURN, f"x[:], b[:] = 0, 1\n    {RETURN}"))
    assert "its `x` and `b` are not the same after the call for N=3" in said


def test_an_argument_may_be_changed_and_restored() -> None:
    edit = ("a = x @ Wx", "kept = x.copy(); x[:] = 0; x[:] = kept\n    a = x @ Wx")
    correct("lstm_step_forward", edit)


def test_a_result_may_share_memory_with_the_cache() -> None:
    correct("lstm_step_forward", (RETURN, "return h_next, c_next, (cache, h_next, c_next)"))


@pytest.mark.parametrize("name", ["lstm_step_forward", "lstm_forward"])
def test_a_buffer_that_a_later_call_overwrites_is_wrong(name: str) -> None:
    results = {
        "lstm_step_forward": "h_next, c_next, cache",
        "lstm_forward": "np.stack(hs, axis=1), h, c, caches",
    }
    body = f"first, *rest = {results[name]}\n"
    body += "    kept = BUFFERS.setdefault(first.shape, np.empty_like(first))\n"
    body += "    kept[...] = first\n    return kept, *rest"
    wrong(name, (f"return {results[name]}", body), before="BUFFERS = {}\n")


@pytest.mark.parametrize("name", ["lstm_step_forward", "lstm_step_backward", "lstm_forward"])
def test_what_is_remembered_by_the_shape_of_the_first_argument_is_wrong(name: str) -> None:
    before = "SEEN = {}\n\ndef remember(f):\n    def g(first, *rest):\n"
    before += (
        "        return SEEN.setdefault(first.shape, f(first, *rest))\n    return g\n\n@remember\n"
    )
    wrong(name, before=before)


def test_an_answer_that_changes_from_call_to_call_is_told() -> None:
    said = wrong(
        "lstm_step_forward",
        (
            RETURN,
            f"h_next = h_next + (x.tobytes() in SEEN)\n    SEEN.add(x.tobytes())\n    {RETURN}",
        ),
        before="SEEN = {np.zeros(1).tobytes()}\n",
    )
    assert "has wrong values for" in said or "something is kept from one call to the next" in said


def test_a_cache_that_is_one_place_for_all_is_wrong() -> None:
    """Forward(A), forward(B), backward(cache A): a cache has to stay valid."""
    step = edited(
        "lstm_step_forward",
        (RETURN, "KEPT.clear(); KEPT.extend(cache)\n    return h_next, c_next, KEPT"),
    )
    student = solved("lstm", lstm_step_forward="KEPT = []\n" + step)
    exercise = find("lstm_step_backward")
    assert exercise is not None
    assert judged(exercise, 3, student).status == "wrong"
    forward = find("lstm_step_forward")
    assert forward is not None
    assert judged(forward, 3, student).status == "correct"


def test_a_cache_that_is_used_up_is_wrong() -> None:
    used = (
        "x, h, c, Wx, Wh, i, f, g, o, c_next = cache",
        "x, h, c, Wx, Wh, i, f, g, o, c_next = (cache.pop(0) for _ in range(10))",
    )
    student = solved(
        "lstm",
        lstm_step_forward=edited(
            "lstm_step_forward", (RETURN, "return h_next, c_next, list(cache)")
        ),
        lstm_step_backward=edited("lstm_step_backward", used),
    )
    exercise = find("lstm_step_backward")
    assert exercise is not None
    found = judged(exercise, 3, student)
    assert found.status == "wrong"
    assert "It raises IndexError for" in found.message
    assert "It is right in 7 of 11 cases" in found.message


NAIVE = "def naive(a):\n    return 1 / (1 + np.exp(-a))\n\n"


def test_a_warning_costs_nothing_and_is_mentioned() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        said = correct("lstm_step_forward", ("i = sigmoid(a_i)", "i = naive(a_i)"), before=NAIVE)
    assert "A warning was given on the way, which costs nothing: RuntimeWarning: overflow" in said


def test_what_is_printed_costs_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    noise = "import sys; print('out'); print('err', file=sys.stderr)\n    "
    correct("lstm_step_forward", (RETURN, noise + RETURN))
    assert capfd.readouterr() == ("", "")


def test_the_unstable_form_fails_by_its_nan() -> None:
    before = "def steep(a):\n    return np.exp(a) / (1 + np.exp(a))\n\n"
    said = wrong("lstm_step_forward", ("i = sigmoid(a_i)", "i = steep(a_i)"), before=before)
    assert "holds nan or inf for pre-activations of i, f and o near ±1000" in said


def test_an_additional_argument_with_a_default_is_accepted() -> None:
    correct("lstm_step_forward", ("b: np.ndarray\n)", "b: np.ndarray, fast: bool = True\n)"))


def test_an_additional_argument_without_a_default_is_an_error() -> None:
    found = assessed("lstm_step_forward", ("b: np.ndarray\n)", "b: np.ndarray, D\n)"))
    assert found.status == "error"
    assert "missing 1 required positional argument: 'D'" in found.message


def test_arguments_may_have_other_names() -> None:
    source = RIGHT["lstm_step_forward"].replace("Wx", "U").replace("Wh", "V")
    exercise = find("lstm_step_forward")
    assert exercise is not None
    assert judged(exercise, 3, solved("lstm", lstm_step_forward=source)).status == "correct"


def test_a_helper_of_an_earlier_cell_may_be_used() -> None:
    correct(
        "lstm_forward",
        before="from math import pi\n\ndef helper():\n    return sigmoid(0) + pi\n\n",
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise AssertionError", r"It raises AssertionError for N=3, D=5, H=4\."),
        ("raise KeyError('a')", r"It raises KeyError for N=3, D=5, H=4: 'a'\."),
        ("raise ValueError('No way.')", r"It raises ValueError for N=3, D=5, H=4: No way\."),
        ("exit()", r"It raises SystemExit for N=3, D=5, H=4"),
        ("raise GeneratorExit", r"It raises GeneratorExit for N=3, D=5, H=4\."),
        (
            "return undefined",
            r"It raises NameError for N=3, D=5, H=4: name 'undefined' is not defined\.",
        ),
        ("return lstm_step_forward(x, h, c, Wx, Wh, b)", r"It raises RecursionError for N=3"),
    ],
)
def test_an_exception_is_told(body: str, told: str) -> None:
    found = assessed("lstm_step_forward", ("    a = x @ Wx", f"    {body}\n    a = x @ Wx"))
    assert (found.status, found.mistake) == ("error", "")
    assert re.search(told, found.message), found.message


@pytest.mark.parametrize(
    "error", ["ValueError('my own reason')", "RuntimeError('no')", "TypeError('no')"]
)
@pytest.mark.parametrize("name", RIGHT)
def test_an_exception_of_any_kind_is_not_taken_for_a_mistake(name: str, error: str) -> None:
    first = {
        "lstm_step_forward": "    a = x @ Wx",
        "lstm_step_backward": "    x, h, c, Wx",
        "lstm_forward": "    T = x.shape[1]",
        "LSTMCell": "        bound =",
    }[name]
    indent = "        " if name == "LSTMCell" else "    "
    found = assessed(name, (first, f"{indent}raise {error}\n{first}"))
    assert (found.status, found.mistake) == ("error", ""), found


def test_what_a_failing_step_makes_impossible_is_told() -> None:
    step = edited(
        "lstm_step_forward", ("    a = x @ Wx", "    raise ValueError('too early')\n    a = x @ Wx")
    )
    student = solved("lstm", lstm_step_forward=step)
    exercise = find("lstm_step_backward")
    assert exercise is not None
    found = judged(exercise, 3, student)
    assert found.status == "error"
    assert found.message == (
        "It could not be called, because it needs a result of `lstm_step_forward`, which raises "
        "ValueError: too early."
    )


def test_part_of_an_answer_is_told_by_gate() -> None:
    said = wrong(
        "lstm_step_backward",
        ("db = da.sum(axis=0)", "db = da.sum(axis=0)\n    db[:x.shape[0]] = 0; db[-1:] = 0"),
    )
    assert "`db` has wrong values for" in said
    one = wrong("lstm_step_backward", ("db = da.sum(axis=0)", "db = da.sum(axis=0); db[-1:] = 0"))
    assert "the slice of o is wrong, and the others are right" in one
    two = wrong(
        "lstm_step_backward", ("db = da.sum(axis=0)", "db = da.sum(axis=0); db[-1:] = db[:1] = 0")
    )
    assert "the slices of i and o are wrong, and the others are right" in two


CELL_RETURN = "return h_next, c_next"


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ((CELL_RETURN, "return h_next"), "It returns a Tensor; the pair (h, c) is wanted."),
        (
            (CELL_RETURN, "return h_next, c_next, a"),
            "It returns a tuple of length 3; the pair (h, c)",
        ),
        ((CELL_RETURN, "return h_next.tolist(), c_next"), "h is a list; a torch.Tensor is wanted."),
        (
            (CELL_RETURN, "return h_next[0], c_next"),
            "It returns h of shape (4,); (3, 4) is wanted.",
        ),
        (("(torch.nn.Module)", ""), "is not a class that is derived from torch.nn.Module."),
    ],
)
def test_what_is_wrong_with_a_cell_is_told(edit: tuple[str, str], told: str) -> None:
    found = assessed("LSTMCell", edit)
    assert found.status in ("wrong", "error")
    assert told in found.message, found.message


def test_a_class_that_is_no_module_is_told() -> None:
    cell = "class LSTMCell:\n    def __init__(self, D, H):\n        pass\n"
    exercise = find("LSTMCell")
    assert exercise is not None
    found = judged(exercise, 3, solved("lstm", LSTMCell=cell))
    assert found.status == "wrong"
    assert found.message == "LSTMCell is not a class that is derived from torch.nn.Module."


def test_a_function_that_is_not_there_is_told() -> None:
    student = solved("lstm")
    del student["lstm_step_forward"]
    for name in ("lstm_step_forward", "lstm_step_backward"):
        exercise = find(name)
        assert exercise is not None
        found = judged(exercise, 3, student)
        assert found.status == "error"
        assert "lstm_step_forward is not defined" in found.message


def test_the_programs_reach_what_the_contract_promises() -> None:
    for name, axes in (
        ("lstm_step_forward", "NDH"),
        ("lstm_step_backward", "NDH"),
        ("lstm_forward", "NTDH"),
        ("LSTMCell", "NDH"),
    ):
        exercise = find(name)
        assert exercise is not None
        calls = exercise.draw(0).calls
        sizes = [dict(re.findall(r"(\w)=(\d+)", call.name)) for call in calls if "=" in call.name]
        for axis in axes:
            assert {size[axis] for size in sizes} > {"1"}
        assert any(len(set(size.values())) == len(axes) for size in sizes), "all unequal"
        arrays = [arg for call in calls for arg in call.args if isinstance(arg, np.ndarray)]
        assert all(arg.flags.writeable for arg in arrays)
        assert all(arg.size for arg in arrays)
        if name != "LSTMCell":
            assert any(not arg.flags.c_contiguous for arg in arrays)
            assert {arg.dtype.str for arg in arrays} == {"<f8"}
            layouts = {
                (c, f) for a in arrays for c, f in [(a.flags.c_contiguous, a.flags.f_contiguous)]
            }
            assert (False, True) in layouts
