# What one does here. The two that matter: `make demo` and `make test`; both work on a fresh machine with Python alone.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

.PHONY: help demo test soak check bench lock clean

help:
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(INSTALLED): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --no-binary dkimpy -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(INSTALLED)

demo: $(INSTALLED) ## run the shipped contract against local servers, break one, see what follows
	$(BIN)/sla demo $(DEMO_OPTIONS)

test: $(INSTALLED) ## all tests, in parallel (many wait for real servers, so by more workers than cores)
	$(BIN)/python -m pytest -n 3 --dist worksteal $(PYTEST_OPTIONS)

soak: $(INSTALLED) ## the tests that take minutes (needs strace)
	$(BIN)/python -m pytest -n auto --soak -m soak $(PYTEST_OPTIONS)

check: $(INSTALLED) ## style, types, layers, and the shipped policies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sla lint policies/maxony
	$(BIN)/sla fmt --check policies/maxony
	$(BIN)/sla test policies/maxony

bench: $(INSTALLED) ## speed, side by side with peers, by ratio
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

lock: ## resolve the dependencies again (needs uv)
	uv export --quiet --all-extras --all-groups --no-emit-project --format requirements-txt --no-header --output-file requirements.lock
	rm -f uv.lock

clean: ## forget everything that was built
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
