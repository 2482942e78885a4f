# The whole workshop in a few words. Only Python 3.11 and make are needed for `make run` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000

.PHONY: help setup setup-dev run test check check-rest lint format types contracts migrations messages deploy \
        test-postgres coverage journeys served screenshots bench lock translate clean

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
	@BASE_URL=$${BASE_URL:-http://localhost:$(PORT)} $(BIN)/python manage.py run_demo $(PORT)

test: setup-dev ## Run the tests on SQLite
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not journey"

check: test check-rest ## All that CI runs: needs what .ci/run installs (Chromium, PostgreSQL, Redis, gettext, poppler)

check-rest: lint types contracts migrations messages deploy test-postgres journeys served

lint: setup-dev ## Style and safety of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup-dev ## Bring the code into the common form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup-dev ## Types
	$(BIN)/mypy config starter certificates courses quizzes curriculum people

contracts: setup-dev ## Who may import whom
	$(BIN)/lint-imports

migrations: setup-dev ## No migration is missing
	$(BIN)/python manage.py makemigrations --check --dry-run

messages: setup-dev ## Every string is collected and translated
	.ci/messages

translate: setup-dev ## Collect strings for translation into locale/
	$(BIN)/python manage.py makemessages --locale es --no-location --no-obsolete --ignore .venv --ignore var --ignore build

deploy: setup-dev ## Production settings are safe
	DJANGO_SETTINGS_MODULE=config.settings.production ALLOWED_HOSTS=puente.example BASE_URL=https://puente.example \
	SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))') \
	$(BIN)/python manage.py check --deploy --fail-level WARNING

test-postgres: setup-dev ## The tests that ask a database, again on PostgreSQL and Redis
	.ci/with-services $(BIN)/python -m pytest -n auto --dist worksteal -m "not journey" --only-database

coverage: setup-dev ## Which branches the tests reach (on SQLite; slow)
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not journey" --cov --cov-report=term:skip-covered

journeys: setup-dev ## The main job in a real browser against the served site
	$(BIN)/python -m pytest -m journey tests/journeys -n 2 --dist loadgroup

screenshots: setup-dev ## Take the pictures of README and docs/guides again (needs Chromium)
	$(BIN)/python -m pytest docs/take_screenshots.py

served: setup ## The site that `make run` serves answers
	.ci/served

bench: setup-dev ## Figures, as ratios measured in one run
	$(BIN)/python -m benchmarks

lock: setup-dev ## Write the lock files from requirements*.txt
	for name in requirements requirements-dev; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-config --no-annotate \
	    --no-header $$name.txt --output-file $$name.lock; done

clean: ## Throw away the environment and the demonstration's data
	rm -rf $(VENV) var build
