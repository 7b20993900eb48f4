# `make demo`: set up, build the embedded library, search it, serve it.  `make test`: set up, then lint, types, tests.
PYTHON ?= python3
VENV ?= .venv
PORT ?= 8001
SERVE ?= 1
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

export HF_HUB_OFFLINE = 1
export TOKENIZERS_PARALLELISM = false

.PHONY: demo test bench clean

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade "pip>=25.1"

$(VENV)/.demo: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing Evidence KB into $(VENV) (the first time takes a few minutes) ..."
	$(PIP) install --quiet --constraint constraints.txt --editable ".[semantic,word]"
	@touch $@

$(VENV)/.dev: $(VENV)/.demo
	$(PIP) install --quiet --constraint constraints.txt --group dev
	@touch $@

demo: $(VENV)/.demo
	$(BIN)/kb build
	@for mode in keyword semantic hybrid; do \
		echo; echo "$$ kb search \"why do agencies not trust each other\" --mode $$mode -n 3"; \
		$(BIN)/kb search "why do agencies not trust each other" --mode $$mode -n 3 || exit 1; \
	done
ifneq ($(SERVE),0)
	$(BIN)/kb serve --port $(PORT)
endif

test: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto --dist loadfile

clean:
	rm -rf $(VENV) dist evidence.db evidence.db-index
