# Two commands for everybody: `make serve` and `make test`. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BUILT := src/citydip/web/static/built/.ready

.PHONY: help assets serve test notebooks lint types format build check docs lock clean screenshots

help: ## say what each target does
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/'

$(READY): requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

$(BUILT): frontend/package-lock.json frontend/build frontend/build.mjs $(wildcard frontend/src/* frontend/src/*/*) | $(READY)
	frontend/build "$(CURDIR)/$(BIN)/python"

assets: $(BUILT) ## scripts, fonts and the base map that pages load

serve: $(READY) $(BUILT) ## build the graph if need be, and serve it
	$(BIN)/citydip serve

test: $(READY) $(BUILT) ## run every test
	$(BIN)/python -m pytest

screenshots: $(READY) $(BUILT) ## pictures of the key pages of a running server: make screenshots SITE=127.0.0.1:8000
	$(BIN)/python frontend/screenshots.py $(or $(SITE),127.0.0.1:8000) screenshots

notebooks: $(READY) ## run the notebooks against a running server and keep their outputs: make notebooks SITE=127.0.0.1:7878
	$(BIN)/python docs/notebooks/run.py $(or $(SITE),127.0.0.1:7878)

lint: $(READY) ## formatter and linter, for code and for Turtle
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/citydip fmt --check
	$(BIN)/python docs/generate.py --check

types: $(READY) ## strict type check
	$(BIN)/mypy

format: $(READY) ## put code and Turtle into their one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/citydip fmt

check: $(READY) ## every check of the data
	$(BIN)/citydip check

build: $(READY) ## a new snapshot
	$(BIN)/citydip build

docs: $(READY) ## write the generated pages of docs/reference
	$(BIN)/python docs/generate.py

lock: ## renew requirements.txt (needs pip-tools)
	pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --no-emit-options --extra dev --output-file requirements.txt pyproject.toml

clean: ## forget the environment and the snapshots
	rm -rf $(VENV) snapshots frontend/node_modules src/citydip/web/static/built
