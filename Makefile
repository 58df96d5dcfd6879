# Two commands: `make repro` runs the pipeline, `make test` checks the project. Both set up .venv first.
PYTHON ?= python3
BIN := .venv/bin
SUPPORTED := import sys; ok = (3, 11) <= sys.version_info[:2] <= (3, 13) and sys.platform in ("linux", "darwin"); \
  sys.exit(None if ok else f"This project supports Python 3.11 to 3.13 on Linux and macOS; {sys.executable} is " \
  f"{sys.version.split()[0]} on {sys.platform}. Name another with: make PYTHON=python3.12 ...")
CLEAN := from pipeline.base.locks.unused_folders import remove_all; remove_all(".checkpoints", ".prepared")
NO_GIT := this folder is no git repository, without which DVC refuses to run; type: git init && git add -A && git commit -m start
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help install repro test lint lock audit-packages plots-page clean
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/installed ## set up .venv only

repro: .venv/installed ## set up, run the whole pipeline, say where to look next
	@git rev-parse --git-dir > /dev/null 2>&1 || test "$$(dvc config core.no_scm 2> /dev/null)" = true || { echo '$(NO_GIT)' >&2; exit 1; }
	@for file in dvc.lock .dvc/tmp/rwlock; do test ! -f $$file || test -s $$file || python -m pipeline.doctor --fix || true; done # see docs/reliability.md
	@dvc repro
	@python -m pipeline.summary

test: .venv/installed ## set up, then lint, types and all tests
	@$(MAKE) --no-print-directory lint
	@pytest

lint: .venv/installed ## ruff, mypy, and that params.yaml matches conf/
	@ruff check . && ruff format --check .
	@mypy
	@python -m pipeline.params --check

lock: .venv/installed ## write requirements.txt again from pyproject.toml (needs a network)
	@uv pip compile pyproject.toml --extra dev --extra export --extra heic --extra s3 --extra sign --extra team --universal --generate-hashes --upgrade --quiet \
	  --no-annotate --no-header --output-file requirements.txt

audit-packages: .venv/installed ## known weaknesses of the pinned packages (needs a network)
	@uv run --quiet --no-project --with pip-audit==2.10.1 pip-audit --disable-pip --require-hashes --progress-spinner off \
	  -r requirements.txt

plots-page: .venv/installed ## write .dvc/plots.html again, with which dvc plots show works offline (needs a network)
	@uv run --quiet --no-project --with vl-convert-python==1.9.0.post1 python .dvc/plots_page.py > .dvc/plots.html

clean: ## remove caches, what killed commands left, decoded images and checkpoints not in use; results, runs and .venv stay
	@rm -rf .progress dvc_plots .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . \( -name .git -o -name .venv -o -name .checkpoints -o -name .prepared \) -prune -o \
	  -name '.partial-[0-9]*' ! -name '*.replaced' -prune -exec rm -rf {} +
	@$(PYTHON) -c '$(CLEAN)' || echo ".checkpoints and .prepared stay: this needs Python 3.11" >&2

.venv/installed: requirements.txt pyproject.toml
	@$(PYTHON) -c '$(SUPPORTED)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing pinned packages into .venv (once; two to four minutes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
