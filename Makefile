# The two commands:  make lab   make test
# Everything lives in .venv; nothing here needs root, and nothing is fetched once .venv stands.
PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin/python
READY  := $(VENV)/.ready

# One BLAS thread a process: two processes with default threads are three times slower than with one each.
export OPENBLAS_NUM_THREADS ?= 1

# The stamp is written last and names the folder. Without it the installation was interrupted; with another folder in it
# the workbook was moved; and a Python that finds no packages was replaced. In each case .venv is made anew.
GOOD := $(shell [ "$$(cat $(READY) 2>/dev/null)" = "$$(pwd -P)" ] && $(RUN) -c 'import flit_core' 2>/dev/null && echo yes)

.PHONY: setup lab test check build clean
ifneq ($(GOOD),yes)
.PHONY: $(READY)
endif

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 $(MAKECMDGOALS)" if sys.version_info < (3, 11) else 0)'
	@rm -f $(READY)
	@echo "Installing what the workbook needs into $(VENV). This happens once and takes some minutes."
	@$(if $(GOOD),,$(PYTHON) -m venv --clear $(VENV) || { echo "The venv module is missing: on Debian or Ubuntu, apt-get install python3-venv"; exit 1; })
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@pwd -P > $(READY)

lab: $(READY)
	@$(RUN) -m course lab

test: $(READY)
	$(RUN) -m pytest

check: $(READY)
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy
	$(RUN) -m course build --check

build: $(READY)
	$(RUN) -m course build

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
