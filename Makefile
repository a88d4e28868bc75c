# Jedel. Python 3.11 or later and make are all that is asked; `make help` lists what there is.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; \
	done || true)
BIN := .venv/bin
SETUP := $(if $(PYTHON),$(PYTHON),echo "Python 3.11 or later is needed, as root: apt-get install python3 python3-venv"; exit 1;) scripts/setup.py
B ?=
T ?=
SEEDS ?= 500
FIRST ?= 1

.DEFAULT_GOAL := help
.PHONY: train-reader help run up setup test thorough e2e check format lock api bench faults clean

##@ Use
run: ## start everything with the demo city; Ctrl-C stops it
	@$(SETUP) run
	@exec $(BIN)/jedel up --demo

up: ## start everything without a demo
	@$(SETUP) run
	@exec $(BIN)/jedel up

doctor: ## say what is wrong and what helps
	@$(SETUP) run
	@exec $(BIN)/jedel doctor

##@ Work on it
setup: ## virtual environment, pinned packages, built screens
	@$(SETUP) dev

test: setup ## every test but those of `thorough` (T=path: some of them)
	@$(PYTHON) scripts/setup.py browser
	@$(BIN)/python scripts/test.py $(T)

thorough: setup ## attacks on every route, generated input, the real city, every other screen
	@$(PYTHON) scripts/setup.py browser
	@$(BIN)/python scripts/test.py --thorough

e2e: setup ## the screens in Chromium, on the demo city and on real Almaty (T=path: some)
	@$(PYTHON) scripts/setup.py browser
	@$(BIN)/python -m pytest -q $(or $(T),tests/e2e)

check: setup ## ruff, mypy, room order, languages, generated files, screens
	@$(BIN)/python scripts/check.py

format: setup ## let ruff put the code in order
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

lock: setup ## pin what requirements*.in ask for, with hashes
	@for each in requirements requirements-dev; do \
	$(BIN)/uv pip compile --quiet --generate-hashes --no-header --python-version 3.11 --override requirements-overrides.txt $$each.in -o $$each.txt; done

api: setup ## write what docs/ref says of routes, access, settings, ASVS
	@$(BIN)/python scripts/api.py write
	@$(BIN)/python scripts/asvs.py write

##@ Measure
bench: setup ## speed and load (B=nearest: one of them)
	@$(BIN)/python -m tests.bench $(B)

faults: setup ## kill processes at random moments, long form (SEEDS=500 FIRST=1)
	@$(BIN)/python -m tests.faults --seeds $(SEEDS) --first $(FIRST)

##@ Train
train-reader: setup ## the plate reader's networks from nothing (hours on two cores; installs torch)
	@test -x .venv-training/bin/python || $(PYTHON) -m venv .venv-training
	@.venv-training/bin/python -m pip install -q -r requirements.txt
	@.venv-training/bin/python -m pip install -q -r training/requirements.txt
	@cd training && PATH="$(CURDIR)/$(BIN):$$PATH" npm install --silent --no-package-lock --ignore-scripts
	@.venv-training/bin/python -m training.plates

##@ Other
clean: ## remove what was built (data in var/ stays)
	rm -rf .venv web/node_modules web/*/node_modules web/*/dist simulator/city/kept .mypy_cache .ruff_cache .pytest_cache .coverage*

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} \
	/^##@/ {printf "\n\033[1m%s\033[0m\n", substr($$0, 5)} \
	/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
