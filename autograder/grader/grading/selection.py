"""Which cells of a submitted notebook are graded, and what of the others these need.

A student's notebook is read as Run All would run it. An exercise is what is defined above the last
check of it; a helper is what was defined last above the cell that uses it. What was run out of
order is found as well: a definition below the check, where there is none above, and a helper that
stands further down.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from autograder.checking.cells import Statement, joined, statements
from autograder.grader.grading.cell import Added, Cell, Submitted
from autograder.grader.syntax import parse

STAR = "*"
"""What an import binds that binds all of a module."""

_CHECK = re.compile(r"^[^\S\n]*+check\(\s*+(\w++)\s*+\)", re.MULTILINE)

_KNOWN = frozenset(dir(builtins)) | {"__name__", "get_ipython", "display", "In", "Out"}


@lru_cache(maxsize=256)  # the same cells of the released notebook come with every submission
def read(source: str) -> tuple[Statement, ...] | None:
    """The statements of a cell; None where it cannot be parsed."""
    return statements(source, parse)


def defines(source: str, name: str) -> bool:
    """Whether a cell gives `name` a value, as a definition, an import or an assignment."""
    if name not in source:
        return False
    found = read(source)
    if found is None:
        return re.search(rf"^(?:def|class)\s+{re.escape(name)}\b", source, re.MULTILINE) is not None
    return any(name in statement.binds for statement in found)


class Selection:
    """What is taken of a submitted notebook.

    Args:
        released: the cells of the released notebook that grading knows.
        cells: the submitted cells, in order.
    """

    def __init__(self, released: Sequence[Cell], cells: Sequence[Submitted]) -> None:
        self._released = released
        self._cells = cells
        self._exercises = {cell.exercise for cell in released if cell.exercise}
        self._graded = {cell.grade_id for cell in released if cell.role == "solution"}
        self._checked = {
            name: place
            for place, cell in enumerate(cells)
            if cell.kind == "code"
            for name in _CHECK.findall(cell.source)
        }
        self.sources: dict[str, str] = {}
        self.notes: dict[str, str] = {}
        self.places: dict[str, list[int]] = {}
        """The places of the cells that are taken, by the grade_id of what they are taken for.

        One cell may be taken for several: who merges cells has two exercises in one.
        """
        self.changes: dict[str, list[str]] = {}
        """What has to be run after a solution cell, as the text of cells, by grade_id."""
        self.helping: set[int] = set()
        """The places of the cells that hold a helper."""
        for cell in released:
            if cell.role == "answer":
                self._take_answer(cell)
            elif cell.role == "solution":
                self._take(cell)
        self.helpers = self._helpers()

    def _take_answer(self, wanted: Cell) -> None:
        same = self._same(wanted)
        changed = [i for i in same if self._changed(i, wanted)]
        if not same:
            self.notes[wanted.grade_id] = f"The notebook has no cell `{wanted.grade_id}`."
            return
        self._put(wanted, (changed or same)[-1])

    def _take(self, wanted: Cell) -> None:
        """Take the cell of an exercise, or what stands for it, with a note where it was odd."""
        name = wanted.exercise
        same = self._same(wanted)
        found = [i for i in range(len(self._cells)) if self._is_candidate(i, wanted)]
        own = [i for i in found if self._cells[i].grade_id not in self._graded - {wanted.grade_id}]
        found = own or found
        if not found:
            # A cell that was changed and defines something else is shown to the student as it is.
            found = [i for i in same if self._changed(i, wanted)] or same[-1:]
        if not found:
            self.notes[wanted.grade_id] = f"The notebook has no cell for `{name}`."
            return
        last = self._last_check(name)
        place = max([i for i in found if i <= last], default=found[-1])
        self._put(wanted, place)
        several = {*same, *found}
        if place not in same and same and not any(self._changed(i, wanted) for i in same):
            self.notes[wanted.grade_id] = (
                f"The cell of `{name}` is as it was handed out; another cell that defines it was "
                "taken."
            )
        elif place not in same:
            self.notes[wanted.grade_id] = (
                f"The cell of `{name}` was not in its place; another cell that defines it was "
                "taken."
            )
            self._with_first_half(wanted, place, same)
        elif len(several) > 1 and self._changed(place, wanted):
            self.notes[wanted.grade_id] = (
                f"The notebook has {len(several)} cells for `{name}`; the last one that was "
                f"changed was taken{' above its check' if found[-1] > place else ''}."
            )

    def _with_first_half(self, wanted: Cell, place: int, same: Sequence[int]) -> None:
        """A cell that was split in two has its id in one half, and its definition in the other."""
        above = [
            i for i in same if i < place and self._changed(i, wanted) and not self._is_taken(i)
        ]
        if not above:
            return
        first, second = self._cells[above[-1]].source, self._cells[place].source
        whole = f"{first}\n\n\n{second}"
        if not second.lstrip().startswith("%%") and read(whole) is not None:
            self.sources[wanted.grade_id] = whole
            self.places[wanted.grade_id].append(above[-1])

    def _put(self, wanted: Cell, place: int) -> None:
        self.sources[wanted.grade_id] = self._cells[place].source
        self.places[wanted.grade_id] = [place]

    def _is_taken(self, place: int) -> bool:
        return any(place in places for places in self.places.values())

    def _same(self, wanted: Cell) -> list[int]:
        return [i for i, cell in enumerate(self._cells) if cell.grade_id == wanted.grade_id]

    def _changed(self, place: int, wanted: Cell) -> bool:
        return self._cells[place].source.strip() != wanted.source.strip()

    def _is_candidate(self, place: int, wanted: Cell) -> bool:
        cell = self._cells[place]
        known = cell.kind == "code" or cell.grade_id == wanted.grade_id
        return known and self._changed(place, wanted) and defines(cell.source, wanted.exercise)

    def _last_check(self, name: str) -> int:
        """The place of the last cell that checks an exercise; beyond all where there is none."""
        return self._checked.get(name, len(self._cells))

    def _helpers(self) -> dict[str, list[str]]:
        """What has to be run before each solution cell, as the text of cells."""
        setup = "\n".join(cell.source for cell in self._released if cell.role == "setup")
        given = read(setup) or ()
        known = {statement.text for statement in given}
        bound = _KNOWN.union(*(statement.binds for statement in given))
        waiting = _Waiting(
            (place, statement)
            for place, cell in enumerate(self._cells)
            if cell.kind == "code"
            for statement in read(cell.source) or ()
            if statement.runs and statement.text not in known
        )
        found: dict[str, list[str]] = {}
        for cell in self._released:
            if cell.role != "solution" or cell.grade_id not in self.sources:
                continue
            own = read(self.sources[cell.grade_id]) or ()
            binds = bound | _all(statement.binds for statement in own)
            uses = _all(statement.uses for statement in own)
            here = min(self.places[cell.grade_id])
            chosen = self._chosen(cell.grade_id, here, uses, binds, waiting)
            later = self._changing(cell.exercise, here, binds, waiting)
            for kept, placed in ((found, chosen), (self.changes, later)):
                if placed:
                    kept[cell.grade_id] = _texts(placed)
                    self.helping.update(place for place, _ in placed)
            bound = binds | _all(s.binds for _, s in [*chosen, *later])
        return found

    def _chosen(
        self,
        grade_id: str,
        here: int,
        uses: frozenset[str],
        bound: frozenset[str],
        waiting: _Waiting,
    ) -> list[_Placed]:
        """What a cell needs: all that is defined above it, and below it what is nowhere else."""
        chosen = waiting.take(uses, lambda at, one: at < here and self._is_other(at, one))
        bound |= _all(one.binds for _, one in chosen)
        missing = _all([uses, *(one.uses for _, one in chosen)]) - bound
        if missing:
            own = self.places[grade_id]
            chosen += waiting.take(missing, lambda at, _: at not in own, bound)
        return chosen

    def _changing(
        self, name: str, here: int, bound: frozenset[str], waiting: _Waiting
    ) -> list[_Placed]:
        """What changes the object of an exercise between its cell and its check."""
        check = self._last_check(name)

        def may(at: int, one: Statement) -> bool:
            return here < at < check and self._is_other(at, one)

        return waiting.take(frozenset({name}), may, bound)

    def _is_other(self, place: int, statement: Statement) -> bool:
        """Whether a statement is of a cell that is not run for itself, and of no exercise."""
        return not self._is_taken(place) and not statement.binds & self._exercises


_Placed = tuple[int, Statement]
"""The place of a cell, and a statement of it."""


class _Waiting:
    """The statements of all cells that grading may run, each of which is taken once."""

    def __init__(self, placed: Iterable[_Placed]) -> None:
        self._placed = list(placed)
        self._taken: set[int] = set()
        self._by_name: dict[str, list[int]] = {}
        for at, (_, statement) in enumerate(self._placed):
            for name in statement.binds | statement.changes:
                self._by_name.setdefault(name, []).append(at)

    def take(
        self,
        names: frozenset[str],
        may: Callable[[int, Statement], bool],
        bound: frozenset[str] = frozenset(),
    ) -> list[_Placed]:
        """Those that bind or change the names, or what these use in turn and is not bound."""
        seen, waiting, chosen = {*names, STAR}, [*names, STAR], []
        while waiting:
            for at in self._by_name.get(waiting.pop(), ()):
                if at not in self._taken and may(*self._placed[at]):
                    self._taken.add(at)
                    chosen.append(at)
                    new = self._placed[at][1].uses - seen - bound
                    seen |= new
                    waiting += new
        return [self._placed[at] for at in sorted(chosen)]


def _texts(chosen: Sequence[_Placed]) -> list[str]:
    """The statements as one text for each cell in which they stand."""
    by_place: dict[int, list[Statement]] = {}
    for place, statement in chosen:
        by_place.setdefault(place, []).append(statement)
    return [joined(by_place[place]) for place in sorted(by_place)]


def _all(names: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*names)


def _is_own(cell: Submitted, released: Collection[str]) -> bool:
    text = cell.source.strip()
    return cell.kind in ("code", "markdown") and bool(text) and text not in released


def added(
    released: Sequence[Submitted],
    cells: Sequence[Submitted],
    places: Mapping[str, Sequence[int]],
) -> dict[int, Added]:
    """The cells that a student added, by place; each knows its own in the released notebook.

    Args:
        released: all cells of the released notebook.
        cells: the submitted cells.
        places: where the cells stand that are taken, by grade_id.
    """
    taken = {place: grade_id for grade_id, own in places.items() for place in own}
    by_grade_id = {cell.grade_id: i for i, cell in enumerate(released) if cell.grade_id}
    by_id = {cell.id: i for i, cell in enumerate(released) if cell.id}
    by_text = {cell.source.strip(): i for i, cell in enumerate(released)}
    found: dict[int, Added] = {}
    after, seen = 0, set()
    for place, cell in enumerate(cells):
        known = by_grade_id.get(taken.get(place, cell.grade_id))
        for key, index in ((cell.id, by_id), (cell.source.strip(), by_text)):
            known = index.get(key) if known is None and isinstance(key, str) else known
        if known is not None and known not in seen:
            seen.add(known)
            after = max(after, known + 1)
        elif place not in taken and _is_own(cell, by_text):
            found[place] = Added(after, cell.kind, cell.source, cell.pictures)
    return found
