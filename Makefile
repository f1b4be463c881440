# `make course` grades a sample class and builds the book; `make test` runs the tests.
# Both are safe to repeat, and do only what has changed.

SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Where it is set, each of a thousand processes compiles the project anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: course classes book test bench experiments data lint clean

# The class comes first: its table stands there after a minute, the book after some more.
course: $(VENV)/installed
	autograder sample _build/course lstm
	autograder feedback lstm --course _build/course
	@$(MAKE) --no-print-directory book
	@echo
	@echo "The book:    _build/html/index.html"
	@echo "The course:  _build/course (for formgrader: cd _build/course && jupyter lab)"
	@echo "Feedback:    _build/course/feedback"

# The sample classes of all assignments, each student held against what is known beforehand.
classes: $(VENV)/installed
	autograder sample _build/course

# The wheel that the book serves knows where sections stand. It links to them if html.baseurl in
# _config.yml says the address of the site.
book: $(VENV)/installed
	@python -m autograder.grader.release.contents
	@python -m autograder.grader.book.live.runtime
	@python -m autograder.grader.book.interactive.scripts
	@python -m autograder.grader.book.typeface.face
	jupyter-book build . --quiet -W -n --keep-going

# Three workers on two cores, for a third of the time a test waits; one thread in each.
test: $(VENV)/installed
	OMP_NUM_THREADS=1 python -m pytest -n 3 --dist loadgroup --no-loadscope-reorder

bench: $(VENV)/installed
	python -m tests.benchmarks

# Long measurements and trainings, whose records in chapters/*/results are committed.
# GoEmotions, and news for summaries, are read from a folder that is named:
# `make experiments DATA=FOLDER`. What `make data` has not fetched is left out.
experiments: $(VENV)/installed _build/data/vaderSentiment-3.3.2
	DATA="$(DATA)" python -m autograder.grader.experiments

_build/data/vaderSentiment-3.3.2: $(VENV)/installed
	python -m autograder.corpora.fetch _build/data

# Reviews, and, which asks for Debian 12, help pages and descriptions of packages.
data: _build/data/vaderSentiment-3.3.2
	python -m autograder.corpora.fetch_help _build/data
	python -m autograder.corpora.fetch_descriptions _build/data

lint: $(VENV)/installed
	ruff check . && ruff format --check . && mypy && lint-imports

# The constraints name one version of every package, so that all machines get the same ones.
# They are compiled on all cores; some have files for other Pythons, which cannot be.
$(VENV)/installed: pyproject.toml constraints.txt packages.apt
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    packages=$$(grep -v '^#' packages.apt); \
	    dpkg -s $$packages >/dev/null 2>&1 || { apt-get update -qq && \
	        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$packages; }; \
	elif ! command -v bwrap >/dev/null || ! command -v chromium >/dev/null; then \
	    echo "For the sandbox and the browser tests, run as root:"; \
	    echo "  apt-get install $$(grep -v '^#' packages.apt | tr '\n' ' ')"; \
	fi
	python3 -m venv $(VENV)
	$(BIN)/pip install --quiet --no-compile --constraint constraints.txt --editable ".[grade,cluster,book,dev]"
	$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true
	touch $@

clean:
	rm -rf _build $(VENV)
