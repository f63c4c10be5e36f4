# The few commands. `make run` and `make test` need Python 3.11, 3.12 or 3.13, git and make.
PORT ?= 8600
# Which Python to build on: the first that is there and fits, or the one you name.
PYTHON ?= $(shell sh setup/find-python)
# On which database the tests stand: sqlite or postgresql.
DATABASE ?= sqlite
UV := $(shell command -v uv 2>/dev/null || echo var/tools/bin/uv)
# PYTHONDONTWRITEBYTECODE would make each start compile everything again.
export PYTHONDONTWRITEBYTECODE =
export UV_PYTHON_DOWNLOADS = never
# Clinics have certificates of their own; ask the system whom to trust, as pip does.
export UV_SYSTEM_CERTS ?= true
RUN = $(UV) run --frozen --no-sync

.DEFAULT_GOAL := help
.PHONY: help setup run train test check format scripts eval bench bench-console bench-input bench-widget faults pictures

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/made ## Build the environment
.venv/made: uv.lock pyproject.toml $(wildcard setup/standins/*)
	@test -n "$(PYTHON)" || { echo "Ballast needs Python 3.11, 3.12 or 3.13 and found none of them." >&2; exit 1; }
	@command -v $(UV) >/dev/null || { echo "Fetching uv"; "$(PYTHON)" -m pip install --quiet --disable-pip-version-check --target var/tools uv; }
	@echo "Building the environment on $(PYTHON)"
	@$(UV) sync --frozen --compile-bytecode --python "$(PYTHON)"
	@touch $@

run: setup ## Start Ballast (PORT=9000 chooses the port)
	@BALLAST_PORT=$(PORT) $(RUN) ballast run

train: setup ## Train the model if its data has changed
	@$(RUN) ballast train

# A file's tests stay together; files in their order, so that the longest do not come last.
test: setup ## Run every test, on the real parts (TESTS=tests/nlu names some, DATABASE=postgresql)
	@sh setup/install-chromium
	@sh setup/install-postgresql
	@sh setup/install-redis
	@$(RUN) ballast train
	@$(RUN) pytest -n auto --dist loadfile --no-loadscope-reorder --database $(DATABASE) $(TESTS)

scripts: ## Bundle the pages' scripts after a change (needs npm)
	@cd bot/web/chat/scripts && npm ci --silent --no-audit --no-fund && npm run --silent build

eval: setup ## Measure how well it hears (DIET=no leaves the slowest part out)
	@$(RUN) ballast train
	@$(RUN) ballast evaluate $(if $(filter no,$(DIET)),--no-diet)

bench: setup ## Measure what sealing costs and how long "kept" takes
	@$(RUN) ballast train
	@$(RUN) python -W ignore -m tests.bench

# CONSOLE="--many 2000" tries it.
bench-console: setup ## Time the console with 100,000 shared reflections (takes long)
	@$(RUN) python -W ignore -m tests.bench.console $(CONSOLE)

bench-input: setup ## Time until one can write, in Chromium with a slow processor
	@sh setup/install-chromium
	@$(RUN) python -W ignore -m tests.bench.first_input

bench-widget: setup ## Compare how much the chat loads with widgets from npm (needs npm)
	@$(RUN) python -W ignore -m tests.bench.sizes

# FAULTS="--only house --share 0.1" tries a part, or a tenth.
faults: setup ## Break everything, and see that nothing is lost or doubled (over an hour)
	@$(RUN) ballast train
	@$(RUN) python -W ignore -m tests.faults.run $(FAULTS)

pictures: setup ## Make the pictures of docs/console.md anew
	@sh setup/install-chromium
	@$(RUN) pytest tests/page/test_every_page.py -k pictures --pictures

check: setup ## Format, lint, types, layers
	@$(RUN) ruff format --check .
	@$(RUN) ruff check .
	@$(RUN) mypy
	@$(RUN) lint-imports

format: setup ## Put the code into shape
	@$(RUN) ruff format .
	@$(RUN) ruff check --fix .
