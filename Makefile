# Every target sets up what it needs. Nothing but Python 3.11+ and make is asked for.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Whoever forbids Python to keep what it compiled makes every process that a test starts compile all of it again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check faults bench lock clean

help:  ## what there is to run
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## */\1\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Preflight needs Python 3.11 or newer; try: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(BIN)/python
	@echo "Setting up (once, about a minute) ..."
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@echo "Setting up the development tools (once, about a minute) ..."
	@$(PIP) install --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@

run: $(VENV)/.runtime  ## start Preflight: Slack if .env has tokens, else the sandbox (FRESH=1 starts afresh)
	@exec $(BIN)/python -m bot up $(if $(FRESH),--fresh)

test: $(VENV)/.dev  ## the tests
	@$(BIN)/python -m pytest -n auto --dist loadgroup -m "not faults" $(ARGS)

faults: $(VENV)/.dev  ## the fault tests, some minutes: kills, repeats, dropped connections
	@$(BIN)/python -m pytest -n 6 --dist load -m faults --timeout 900 $(ARGS) $$(grep -rl --include='*.py' 'mark\.faults' tests)

check: $(VENV)/.dev  ## lint, format, types and import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.dev  ## the speed goals, measured
	@$(BIN)/python -m bench $(ARGS)

lock: $(BIN)/python  ## lock the dependencies of pyproject.toml again
	@$(PIP) install uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml --group dev -o requirements-dev.txt

clean:  ## remove the environment and the caches, keep var/
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
