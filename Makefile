# `make run` and `make test` are all the set-up there is; both make the virtual environment first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ADDRESS ?= 127.0.0.1
PORT ?= 8501
IS_SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

.PHONY: run test check soak format bench sample picture clean

run: $(VENV)/.run
	$(BIN)/streamlit run dashboard/app.py --server.address $(ADDRESS) --server.port $(PORT)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --dist worksteal

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto --dist worksteal

# The tests of durability and of hostile files, with ten times as many tries.
soak: $(VENV)/.dev
	ABM_SOAK=1 $(BIN)/python -m pytest -n auto --dist worksteal -m soak

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

sample: $(VENV)/.dev
	$(BIN)/python -m data.generate

picture: $(VENV)/.dev
	ABM_PICTURE=docs/overview.png $(BIN)/python -m pytest tests/browser/test_sample.py

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache

# A stamp file each, so that nothing is installed twice and a changed requirement is.
$(VENV)/.run: requirements.txt pyproject.toml
	@$(PYTHON) -c '$(IS_SUPPORTED)' \
	  || { echo "Python 3.11 to 3.13 is needed; 'make run PYTHON=python3.12' names one."; exit 1; }
	@{ $(BIN)/python -c '$(IS_SUPPORTED)' && $(BIN)/python -m pip --version; } >/dev/null 2>&1 \
	  || $(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
