# Each target does all its own set-up; PYTHON and VENV can be overridden.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
unexport PYTHONDONTWRITEBYTECODE  # tests start some fifty processes: each would compile all that it imports

.PHONY: demo test chromium lint format benchmark clean

$(BIN)/.demo: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -e '.[recipes]'
	@touch $@

$(BIN)/.dev: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -e '.[dev]'
	@touch $@ $(BIN)/.demo

demo: $(BIN)/.demo  ## the main job on scikit-image's astronaut portrait
	$(BIN)/python -m recipes.demo demo-output

# A process a core, a thread a process; types are checked at the same time, as the last tests leave a core idle.
# Asserts are rewritten for tests that failed alone: for all it takes 15 s a process.
test: $(BIN)/.dev chromium  ## lint, types, tests
	$(BIN)/ruff check src tests recipes benchmarks
	$(BIN)/ruff format --check src tests recipes benchmarks
	@told=$$(mktemp); $(BIN)/mypy >$$told 2>&1 & types=$$!; failed=0; \
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --assert=plain || \
		{ OMP_NUM_THREADS=1 $(BIN)/python -m pytest --last-failed --last-failed-no-failures none; failed=1; }; \
	wait $$types || failed=1; cat $$told; rm -f $$told; exit $$failed

chromium:  # the page's tests drive it; without it they are skipped
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } || echo "no chromium: tests/web is skipped"

lint: $(BIN)/.dev
	$(BIN)/ruff check src tests recipes benchmarks
	$(BIN)/mypy

format: $(BIN)/.dev
	$(BIN)/ruff format src tests recipes benchmarks
	$(BIN)/ruff check --fix src tests recipes benchmarks

benchmark: $(BIN)/.dev  ## the figures of README.md
	$(BIN)/python -m benchmarks.faces
	$(BIN)/python -m benchmarks.scenes
	$(BIN)/python -m benchmarks.startup

clean:
	rm -rf $(VENV) demo-output build dist .mypy_cache .ruff_cache .pytest_cache
