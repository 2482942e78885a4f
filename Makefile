# The whole workshop in a few words. Only Python 3.11 and make are needed for `make run` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000

.PHONY: help setup setup-dev run test check lint format types contracts messages bench lock clean

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

$(VENV)/.installed: requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	@rm -f $(VENV)/.installed-dev
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

MO := locale/es/LC_MESSAGES/django.mo
$(MO): locale/es/LC_MESSAGES/django.po $(VENV)/.installed
	@$(BIN)/pybabel --quiet compile --directory locale --domain django

setup: $(VENV)/.installed $(MO) ## Make the environment

setup-dev: $(VENV)/.installed-dev $(MO) ## Make the environment with what tests need

run: setup ## Set everything up and serve the demonstration site on http://localhost:8000
	@$(BIN)/python manage.py run_demo $(PORT)

test: setup-dev ## Run the tests on SQLite
	$(BIN)/python -m pytest -n auto -m "not journey"
