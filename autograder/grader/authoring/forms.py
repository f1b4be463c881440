"""The forms of a new exercise, for a person to fill in; each place says what belongs there.

A place is a line with the mark of `autograder.grader.authoring.unwritten`. Where an assignment is
there already, the parts that stand for one exercise are added to what it has.
"""

from __future__ import annotations

REFERENCE_HEAD = '''\
"""The assignment `$assignment`: what is right."""

import numpy as np
'''

REFERENCE = '''

def $name(x: np.ndarray) -> np.ndarray:
    """TO WRITE: in one sentence, what it gives; this docstring is the student's as well.

    TO WRITE: the equation, what is special, and which errors it raises; or take this line out.

    Args:
        x: TO WRITE: what it is, its shape and dtype; the parameters may be others than x.

    Returns:
        y: TO WRITE: what it is, its shape and dtype.

    Source: TO WRITE: where the equation stands.
    """
    raise NotImplementedError  # TO WRITE: what is right
'''

PACKAGE = '"""The assignment `$assignment`: what is right, and known mistakes."""\n'
"""What makes a folder of solutions of the course a package; one beside it is never imported."""

STYLES = {
    "loops": "Entry by entry, in loops.",
    "in_place": "On arrays of its own, which it changes in place.",
    "helpers": "In several functions, under other names.",
}
"""The other right ways of a new assignment, each with what it is like."""

STYLE_HEAD = '''\
"""$like"""

import numpy as np
'''

STYLE = '''

def $name(x: np.ndarray) -> np.ndarray:
    """TO WRITE: in which way it is written."""
    raise NotImplementedError  # TO WRITE: what is right, in the way that this file is named after
'''

MISTAKES = """\
# $name
## ‘$section’
to-write: TO WRITE: three mistakes and better thirty: a name, what the student is told, the edit.
~ a part of a line of the reference => what stands there by mistake
"""

EXERCISES_HEAD = '''\
"""The exercises of the assignment `$assignment`."""

from __future__ import annotations

from autograder.exercises.exercise import Exercise

ASSIGNMENT = "$assignment"

EXERCISES = (
)
"""In the order of the notebook."""
'''

EXERCISES_END = ')\n"""In the order of the notebook."""\n'
"""Where an exercise is added."""

IMPORT = "from autograder.exercises.$assignment import $module\n"

EXERCISE = """\
    Exercise(
        "$name",
        "$assignment",
        $module.program,
        {"y": "forward"},  # TO WRITE: the results, each with its row of exercises/tolerances.py
    ),
"""

PROGRAM = '''\
"""What is asked of `$name`.

TO WRITE: which letter is which size, such as: N samples, D features.
"""

from __future__ import annotations

import numpy as np

from autograder.exercises.program import Program
from autograder.exercises.shared.cases import normal, program_of

SIZES = ((3, 5), (4, 4), (1, 7), (3, 1), (1, 1))
"""All unequal, a square, and each size 1 once."""


def program(rng: np.random.Generator) -> Program:
    """One call a case; then the first one anew, with others of its sizes, and on views."""
    cases = {f"N={N}, D={D}": (normal(rng, N, D),) for N, D in SIZES}
    # TO WRITE: by the name of each case its arguments, with the extremes of this exercise.
    return program_of("$assignment", "$name", cases, "y")
'''

HINTS_HEAD = """\
# Hints for students, shown one at a time by check.hint. Three or four for each exercise, in order:
# from which quantity to look at to which line of the equations, and never the line of code. Names
# of the stub stand between backticks, sections between ‘ and ’.
"""

HINTS = """
$name = [
    "TO WRITE: the quantity to look at first, such as `y` where all of `x` is 1.",
    "TO WRITE: what is often forgotten, with a name of the stub between backticks.",
    "TO WRITE: the line of the equations, and the section that has it, such as ‘$section’.",
]
"""

PAGE_HEAD = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3 (ipykernel)
  language: python
---

# Assignment: TO WRITE: its title

TO WRITE: what is built here, and what it is good for.

**Time.** TO WRITE: how long it takes.

**Before you begin.** TO WRITE: what has to be known.

Complete the cells that raise `NotImplementedError`, and keep their names and arguments. Run the \
cell below each of them to have it checked. You may check as often as you like.

```{code-cell} ipython3
---
nbgrader:
  grade: false
  grade_id: setup
  locked: true
  schema_version: 3
  solution: false
  task: false
---
import numpy as np

from autograder import check
```
"""

PAGE = """
## $section

TO WRITE: the equation, and why it is so; the mistakes of this exercise send here.

```{code-cell} ipython3
---
nbgrader:
  grade: false
  grade_id: $name
  locked: false
  schema_version: 3
  solution: true
  task: false
---
def $name(x):
    raise NotImplementedError
```

```{code-cell} ipython3
---
nbgrader:
  grade: true
  grade_id: check-$name
  locked: true
  points: 1
  schema_version: 3
  solution: false
  task: false
---
check($name)
```

```{code-cell} ipython3
:tags: [raises-exception]

# TO WRITE: a few lines that use it, and show something worth seeing.
```
"""

SECTION = "What $name computes"
"""The title of the section to which the mistakes of the exercise send."""
