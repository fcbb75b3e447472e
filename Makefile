# `make run` starts a workshop, `make test` runs the tests; each installs what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONDONTWRITEBYTECODE ?= 1

.PHONY: run test test-js test-browser test-engines test-webkit lab pictures lint types check tools clean

run: $(VENV)/.runtime
	@exec $(BIN)/python manage.py workshop

# What one runs while one writes; at its end it says what it has left out.
test: $(VENV)/.dev tools test-js
	$(BIN)/pytest -n auto --dist loadfile --ignore=ai4artsed/tests/browser

# Scripts of the pages that need no page.
test-js: tools
	node --test ai4artsed/tests/js/*.test.js

# The pages in Chromium, in the order of the files: those that share a workshop and a browser follow
# each other.
test-browser: $(VENV)/.dev tools
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder ai4artsed/tests/browser

test-engines: $(VENV)/.dev tools lab
	$(BIN)/pytest -m engine_lab

# Real servers for the tests of engines; the first time they are installed, which takes a minute.
lab:
	deploy/engine-lab/llama install
	deploy/engine-lab/comfyui install

# The participants' page in the engine that Safari has.
test-webkit: $(VENV)/.dev
	@deploy/install-test-tools webkit
	$(BIN)/pytest -m webkit ai4artsed/tests/webkit

# Every state of the participants' pages in three sizes, two languages, light and dark.
pictures: $(VENV)/.dev tools
	DJANGO_SETTINGS_MODULE=ai4artsed.settings $(BIN)/python -m ai4artsed.tests.browser.states var/pictures

lint: $(VENV)/.dev node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	npx --no-install eslint .
	npx --no-install tsc

types: $(VENV)/.dev
	$(BIN)/mypy .

check: $(VENV)/.dev
	HTTPS=on $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run

# The browser tests drive the system's Chromium; CHROMIUM names another one.
tools:
	@deploy/install-test-tools

$(VENV)/.runtime: requirements.txt constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@touch $@

# What checks the scripts; the pages themselves are served as they are written.
node_modules/.installed: package-lock.json | tools
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

clean:
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache
