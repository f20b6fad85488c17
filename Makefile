# Plain `make` prints what there is. Everything runs in .venv, which sets itself up.
PYTHON ?= python3
SECTION ?=

.DEFAULT_GOAL := help
.PHONY: help demo studio test soak bench bench-quality check

help:
	@echo "make demo    one member's whole story: photos to pictures, no Discord account, no GPU"
	@echo "make studio  the same bot and trainer, left running with a local page to click through"
	@echo "make test    every test"
	@echo "make soak    1,300 faults, 600 of them kills at random, and what they cost: ten minutes"
	@echo "make bench   every measurement, or one: make bench SECTION=training"
	@echo "make bench-quality  how well subjects are learned, with ground truth: an hour, resumable"
	@echo "make check   format, lint and types"

.venv: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Darkroom needs Python 3.11 or newer: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable '.[bot,identity,trainer,demo,dev]'
	@touch .venv

demo: .venv
	.venv/bin/python -m deploy.demo

studio: .venv
	.venv/bin/python -m deploy.studio

# a test on each core, and each keeps to its own
test: .venv
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest --numprocesses auto --dist worksteal

soak: .venv
	.venv/bin/python -m tests.faults.soak

bench: .venv
	.venv/bin/python -m tests.bench $(SECTION)

bench-quality: .venv
	.venv/bin/python -m tests.bench quality

check: .venv
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
