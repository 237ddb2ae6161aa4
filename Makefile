# Two commands: `make demo` reviews the call that comes with the product, `make test` runs the tests.
# Both do all their own set-up in .venv.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test test-pyannote lint types imports check benchmarks requirements clean

help:
	@echo "make demo      set up, and review the call that comes with coach"
	@echo "make test      set up, and run the tests"
	@echo "make check     lint, types and import rules (after make test)"

demo:
	@$(PYTHON) requirements/prepare.py run
	@$(BIN)/coach demo --out reports/demo

test:
	@$(PYTHON) requirements/prepare.py test
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup

# Adds torch and pyannote.audio to .venv (about 1 GB) and runs the tests that need them.
test-pyannote:
	@$(PYTHON) requirements/prepare.py test
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/torch.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/pyannote.txt
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q tests/pyannote

check: lint types imports

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

imports:
	$(BIN)/lint-imports

# Figures that a person reads; they need the recordings beside the checkout where they say so.
benchmarks:
	$(BIN)/python tests/benchmarks/review.py
	$(BIN)/python tests/benchmarks/timing.py

# Needs uv, and nothing else of ours does.
requirements:
	cd requirements && for name in run test; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-annotate --no-header $$name.in -o $$name.txt; done
	cd requirements && uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header ray.in -o ray.txt
	cd requirements && uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --excludes pyannote.excludes pyannote.in -o pyannote.txt

clean:
	rm -rf .venv reports/demo
