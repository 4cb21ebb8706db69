# Two commands matter: `make run` and `make test`. `make help` lists the rest.

SHELL := /bin/sh
PORT ?= 8000
PY := .venv/bin/python
UV_VERSION := 0.13.9

# python3 if it is new enough, else the newest versioned one.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)

# Every target works in the same .venv/ and .web/.
.NOTPARALLEL:
.PHONY: help setup setup-dev run demo test lint bench migration lock clean python

help:
	@echo 'make run        install what is missing, build the page, serve it on http://localhost:$(PORT)'
	@echo 'make demo       the same with a demo company, in ./data-demo'
	@echo 'make test       every test: both databases, API, real browser'
	@echo 'make lint       style and types'
	@echo 'make bench      measure speed'
	@echo 'make migration m="what changes"   write a database migration from the models'
	@echo 'make lock       write the lock files after a change in pyproject.toml; UPGRADE=1 takes the newest of everything'
	@echo 'make setup      only install and build'
	@echo 'make clean      remove what was installed and built (never ./data)'

python:
	@test -n '$(PYTHON)' || { echo 'Python 3.11 or newer is needed, and none was found as python3, python3.13, python3.12 or python3.11.' >&2; exit 1; }

setup: python
	@'$(PYTHON)' tools/make_venv.py requirements.lock
	@$(PY) tools/build_page.py

setup-dev: python
	@'$(PYTHON)' tools/make_venv.py requirements-dev.lock

run: setup
	@exec .venv/bin/crm serve --port $(PORT)

demo: export CRM_DATA_DIR := $(CURDIR)/data-demo
demo: setup
	@.venv/bin/crm demo
	@exec .venv/bin/crm serve --port $(PORT)

# Each processor takes its tests one after the other, and from another's end when it has none left (at most four: each
# has a PostgreSQL, a server and a browser of its own). What is compiled once serves every program that is started.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(PY) -m pytest --numprocesses logical --maxprocesses 4 --dist worksteal

# Two runs: once Playwright's sync API has run in a process, asyncio.run fails there.
test: setup-dev setup
	@$(PY) -m tests.support.chromium
	@$(PYTEST) -m 'not browser'; first=$$?; \
	$(PYTEST) -m browser; second=$$?; \
	test $$first -eq 0 && test $$second -eq 0

lint: setup-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

bench: setup-dev setup
	@$(PY) -m bench

migration: setup
	@.venv/bin/crm migration '$(m)'

# uv only resolves here; installing is plain pip, which honours the indexes a machine is configured with.
LOCK := .venv/lock/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-config $(if $(UPGRADE),--upgrade)
lock: python
	@'$(PYTHON)' -m venv .venv/lock
	@.venv/lock/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(LOCK) --output-file requirements.lock
	$(LOCK) --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf .venv .web .web-build .states assets/external .mypy_cache .pytest_cache .ruff_cache .hypothesis
