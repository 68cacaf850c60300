# `make` installs and builds the sample; `make test` checks everything; `make bench` measures; `make clean` starts anew.
# Needs Python 3.11 or newer. PYTHON=… names another than the first that is found.

PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

.PHONY: all build test lint bench golden messages gains clean

all: build

build: .venv/installed
	@$(BIN)/publish build
	@$(BIN)/python docs/where.py

.venv/created:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed and was not found;" \
		"install it (Debian: apt install python3-venv), or name it: make PYTHON=/path/to/python3" >&2; exit 4; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: .venv/created pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# What the tests need from pip is the group `test` of pyproject.toml.
.venv/tested: .venv/installed pyproject.toml
	$(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['dependency-groups']['test'], sep='\n')" > .venv/test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement .venv/test.txt
	@touch $@

tests/tools/node_modules/installed: tests/tools/package-lock.json | programs
	cd tests/tools && PUPPETEER_SKIP_DOWNLOAD=1 npm ci --silent
	@touch $@

tests/tools/schemas/tmx14.dtd: tests/tools/schemas.sh | programs
	@sh tests/tools/schemas.sh

.PHONY: programs
programs:
	@sh tests/tools/programs.sh

lint: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: .venv/tested programs tests/tools/node_modules/installed tests/tools/schemas/tmx14.dtd lint
	PUBLISH_REQUIRE_TOOLS=1 $(BIN)/python -m pytest -n 2 --dist loadgroup

golden: .venv/tested
	$(BIN)/python -m pytest --update-golden -q tests

bench: .venv/tested
	$(BIN)/python bench/run.py
	$(BIN)/python bench/narration.py --long
	$(BIN)/python bench/epubs.py

# The interface's words, from code and templates, for the translators of the tool itself.
messages: .venv/tested
	$(BIN)/python docs/messages.py

# How much louder each common voice is made, after a new version of the engine.
gains: .venv/tested
	$(BIN)/python docs/gains.py

clean:
	rm -rf .venv .publish build dist tests/tools/node_modules tests/tools/schemas bench/results
	find outputs -mindepth 1 ! -name .gitkeep -delete
