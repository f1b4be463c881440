"""Exercises that are checked in the reader's browser.

`runtime` fetches what that takes, once and before the book is built; `mounts` puts the places for
editors into the pages, and what they load beside them. In the browser `static/live.js` makes the
editors, and `static/worker.js` runs the checks of the students' wheel.
"""
