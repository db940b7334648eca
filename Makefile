# Needs Python >= 3.11 with venv, git and make; everything else is installed here, in ignored folders.

PYTHON ?= python3
PY := .venv/bin/python
FLASK := $(PY) -m flask --app wsgi

BASE := .venv/base.stamp
DEV := .venv/dev.stamp
MODULES := node_modules/.stamp
VENDOR := app/static/vendor/.stamp

# The machine's Node.js if it will do, else one from a wheel inside .venv.
NODE := $(shell command -v npm >/dev/null 2>&1 && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || echo .venv/node.stamp)
export PATH := $(CURDIR)/.venv/bin:$(PATH)

PIP_INSTALL := $(PY) -m pip install -qq --disable-pip-version-check --require-hashes --requirement
# Only the public index counts, whatever this machine is set up to use.
PIP_COMPILE := env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND="make requirements" \
	../$(PY) -m piptools compile --quiet --strip-extras --allow-unsafe --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.DEFAULT_GOAL := help
.PHONY: help setup run test faults lint audit bench demo schema stop requirements clean wipe

help: ## list what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: ## install what `make run` needs (instant when it is there)
	@$(MAKE) --silent --no-print-directory -j2 $(BASE) $(VENDOR)

run: setup ## start everything and say where to click (PORT=8000; Ctrl-C stops it)
	@exec $(FLASK) up

test: setup $(DEV) ## run the tests (ARGS="-k capture"); those in a browser if Chromium is found
	@$(PY) -m pytest --numprocesses=auto --dist=worksteal $(ARGS)

faults: setup $(DEV) ## the long run of the bad days: 10,000 messages, 3,200 leads that move, 40 kills (FAULT_SEED=…)
	@FAULT_MESSAGES=10000 FAULT_KILLS=40 $(PY) -m pytest -s tests/faults/test_bad_days.py tests/faults/test_moving.py $(ARGS)

lint: $(DEV) ## check style, types and floors
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy app workers
	@.venv/bin/lint-imports --no-logo

audit: $(DEV) ## look the packages up in the public list of vulnerabilities
	@$(PY) -m pip_audit --progress-spinner off --disable-pip --require-hashes --requirement requirements/base.txt

bench: setup $(DEV) ## measure, and rewrite the tables in bench/
	@$(PY) -m bench $(ARGS)

demo: setup ## fill the database with demo data (LEADS=400)
	@$(FLASK) db upgrade
	@$(FLASK) demo $(if $(LEADS),--leads $(LEADS))

schema: setup ## rewrite schema.graphql from the code
	@$(FLASK) graphql-schema > schema.graphql.new && mv schema.graphql.new schema.graphql

stop: ## stop the servers under var/ that tests or a killed `make run` left
	@[ ! -x $(PY) ] || $(PY) -c 'from app.embedded import Path, stop; stop(Path("var/test")); stop(Path("var"))'

requirements: $(DEV) ## compile requirements/*.txt from *.in (UPGRADE=1 for newer releases)
	@cd requirements && for name in base dev node; do \
		$(PIP_COMPILE) $(if $(UPGRADE),--upgrade) --output-file $$name.txt $$name.in || exit 1; done

clean: stop ## remove what setup made; the data in var/ stays
	rm -rf .venv node_modules app/static/vendor app/static/vendor.new app/icons .hypothesis .*_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

wipe: stop ## delete var/ and all the data in it
	[ ! -d var ] || find var -maxdepth 2 -type l -exec sh -c 'rm -rf "$$(readlink "$$0")"' {} \;
	rm -rf var

# --- set-up, phase by phase ---

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "This needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo missing). Name another one: make setup PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Python environment …"
	@$(PYTHON) -m venv --clear .venv

$(BASE): requirements/base.txt | .venv/bin/python
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip
	@$(call phase,Python packages,$(PIP_INSTALL) requirements/base.txt)

$(DEV): requirements/dev.txt | $(BASE)
	@$(call phase,Python packages for tests and checks,$(PIP_INSTALL) requirements/dev.txt)

.venv/node.stamp: requirements/node.txt | $(BASE)
	@$(call phase,Node.js,$(PIP_INSTALL) requirements/node.txt)

$(MODULES): package.json package-lock.json .npmrc | $(NODE)
	@$(call phase,JavaScript packages,npm ci --loglevel=error >/dev/null)

$(VENDOR): bin/assets.mjs $(wildcard assets/*) $(MODULES)
	@$(call phase,Assets,node bin/assets.mjs)

# $(call phase,what is being done,command): say it, do it, stamp the target, say how long it took
define phase
echo "$(1) …"; start=$$(date +%s); $(2) && touch $@ && echo "$(1): $$(($$(date +%s) - start)) s"
endef
