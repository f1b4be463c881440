"""The drawings of the recurrent network: complete."""

from __future__ import annotations

from autograder.figures import recurrent
from tests.drawings import texts


def test_every_gradient_of_the_unrolled_network_is_named() -> None:
    shown = {text.get_text() for text in texts(recurrent.unrolled())}
    for name in ("h_0", "h_1", "h_2", "dh_0", "dh_1", "dh_2"):
        assert f"${name}$" in shown
    for t in (1, 2, 3):
        assert {f"$x_{t}$", f"$dx_{t}$", f"$h_{t}$", f"$dhs_{t}$"} <= shown


def test_no_gradient_crosses_the_border_of_a_chunk() -> None:
    (axes,) = recurrent.chunks(steps=9, k=3).axes
    arrows = [a for a in axes.texts if getattr(a, "arrow_patch", None) is not None]
    forward = [a for a in arrows if a.xy[0] > a.xyann[0]]  # type: ignore[attr-defined]
    backward = [a for a in arrows if a.xy[0] < a.xyann[0]]  # type: ignore[attr-defined]
    assert (len(forward), len(backward)) == (9, 6)


def test_each_mode_has_an_arrow_for_every_input_output_and_state_that_is_passed_on() -> None:
    (axes,) = recurrent.modes().axes
    arrows = [a for a in axes.texts if getattr(a, "arrow_patch", None) is not None]
    shown = [text.get_text() for text in texts(recurrent.modes())]
    steps = [steps for steps, _, _ in recurrent.MODES.values()]
    reads, writes = (sum(len(mode[k]) for mode in recurrent.MODES.values()) for k in (1, 2))
    assert len(arrows) == sum(steps) - len(steps) + reads + writes
    assert len([name for name in shown if name.startswith("$x_")]) == reads
    assert len([name for name in shown if name.startswith("$y_")]) == writes
    assert len([name for name in shown if name.startswith("$h_")]) == sum(steps)
    assert set(recurrent.MODES) <= set(shown)
