# Everything is done from here; `make` alone lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
EXTRAS ?=

.DEFAULT_GOAL := help
.PHONY: help setup run chat test lint bench eval screenshots migration freeze clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)$$/  make \1\t\2/' | expand -t 22

setup: $(VENV)/.setup$(EXTRAS) ## virtual environment and pinned dependencies (EXTRAS=transformers for other encoders)

run: setup ## assistant and sandbox in one process; prints the addresses to open
	@$(BIN)/python main.py run

chat: setup ## talk to the assistant in the terminal
	@$(BIN)/python main.py chat

test: $(VENV)/.setup-dev lint ## lint, types, house rules, units, stories, browser
	@$(BIN)/python -m pytest

lint: $(VENV)/.setup-dev ## ruff, mypy, the pack
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy .
	@$(BIN)/python main.py pack check

SECONDS ?= 60
SCRIPTS ?= 10000
bench: setup ## measures what the README quotes; JSON and a table (SECONDS=30 SCRIPTS=0: shorter)
	@$(BIN)/python main.py bench --seconds $(SECONDS) --scripts $(SCRIPTS)

eval: setup ## understanding and search on labelled messages: data/eval/report.html
	@$(BIN)/python main.py evaluate all

screenshots: $(VENV)/.setup-dev ## the pictures of the README
	@$(BIN)/python -m docs.screenshots

migration: $(VENV)/.setup-dev ## a new migration from the models: make migration M="what changes"
	@$(BIN)/python main.py migration "$(M)"

freeze: $(VENV)/.setup-dev ## rewrite constraints.txt from what is installed
	@$(BIN)/python -m pip freeze --exclude-editable --exclude zhanting | grep -vE '^(pip|setuptools|wheel|uv)==' | sed 's/+cpu$$//' > constraints.txt

clean: ## remove the virtual environment (the data folder stays)
	rm -rf $(VENV)

$(VENV)/bin/python:
	@echo "Creating $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is %d.%d" % sys.version_info[:2])'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.setup: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing dependencies (the first time: one or two minutes) …"
	@$(PIP) -e .
	@touch $@

$(VENV)/.setup-dev: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing what the tests need (the first time: a few minutes) …"
	@$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/.setup

$(VENV)/.setuptransformers: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing sentence-transformers (the first time: a few minutes) …"
	@$(PIP) -e '.[transformers]'
	@touch $@
