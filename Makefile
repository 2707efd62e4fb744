# Two commands are enough: `make lab` for a learner, `make test` for whoever changes something.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help lab teach test release grade kit workshops bench bench-grading constraints

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 20

lab: installed  ## install on the first call, then open JupyterLab on the first page
	@$(BIN)/openexperts lab $(ARGS)

teach: installed  ## the teacher's JupyterLab, with Formgrader
	@$(BIN)/openexperts teach $(ARGS)

test: testable  ## install what the tests need, then run all of them
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/openexperts model
	@$(BIN)/pytest -n 2 --dist worksteal --ignore=tests/browser
	@$(BIN)/pytest tests/browser

release: installed  ## make labs/ from solutions/
	@$(BIN)/openexperts release

grade: installed  ## collect, grade and give feedback: make grade LAB=02-experts
	@$(BIN)/openexperts grade $(LAB)

kit: installed  ## the learner's zip, without solutions or tests
	@$(BIN)/openexperts kit

workshops: installed  ## print every ethics workshop: PDFs and slides in dist/workshops/
	@$(BIN)/openexperts workshop make

bench: testable  ## measure speed and memory; writes benchmarks/results.md
	@$(BIN)/python benchmarks/run.py $(ARGS)

bench-grading: testable  ## measure grading against plain nbgrader; writes benchmarks/grading.md
	@$(BIN)/python benchmarks/grading.py $(ARGS)

constraints:  ## resolve exact versions anew
	@test -x $(BIN)/python || $(PYTHON) tools/install.py --test
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/python tools/constraints.py

.PHONY: installed testable
installed:
	@$(PYTHON) tools/install.py

testable:
	@$(PYTHON) tools/install.py --test
