"""Figures that a reader can move: sliders, and a drawing that follows them.

The cell of a page that draws such a figure names its script in its metadata, as `interactive`. What
the cell draws is the figure for paper and for browsers without scripts; in all others the script
draws in its place. `scripts` bundles the scripts, once and before the book is built, and `mounts`
puts places for them into the pages; without them the figures stand still.
"""
