"""Did the student write it? What the text of a submission says about it, by its syntax trees.

An exercise asks for something to be written from scratch that a framework has ready-made. Values
cannot tell the two apart, so the text is read, and this decides:

- The definition that is asked for, or a helper that it uses, plainly calls the framework's own,
  by whatever name: a right answer is `needs_review`: it waits for a person, and the student is
  told in a sentence. A mention in a comment, a string or a docstring is no call, nor is a
  comparison of one's own result with the framework's in a function that the answer does not use.
  A module that was handed in beside the notebook is read as the cells are.
  What another exercise does, on which this one is built, is counted there and not again.
- Something unusual stands in the cell, such as `eval`, an import that no exercise needs, or text
  that is no Python, by which a call could be hidden: a suspicion for the staff, which takes no
  point and of which the student is not told, because most such cells are innocent.

Who hides the call well enough is not found. Reading the text is fair to those who do not hide,
and no process that runs a student's code could be asked for the truth.

`cells` reads a cell into statements, `reach` follows the names in these, `ready_made` finds the
framework's own among them, `unusual` has the suspicions, and `text` asks the question.
"""

from autograder.grader.grading.framework_use.text import Look, Text, modules
from autograder.grader.grading.framework_use.unusual import suspicion

__all__ = ["Look", "Text", "modules", "suspicion"]
