# The command:  make lab
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

# $(call install,LOCK): by uv, the one that is here or else one that pip gets for this purpose; by pip where uv cannot be
# had or does not reach what pip does. Either way hashes are checked, byte-code is written and progress is shown.
UV := $(VENV)/uv
export UV_SYSTEM_CERTS ?= true
define install
	@if uv --version >/dev/null 2>&1; then uv=uv; else uv=$(UV)/bin/uv; export UV_CACHE_DIR=$(UV)/cache; \
	  $(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --no-compile --target $(UV) -r setup.lock || \
	  echo "No uv for this machine: pip does it, more slowly."; fi; \
	$$uv pip install --python $(RUN) --compile-bytecode --require-hashes -r $(1) || \
	$(RUN) -m pip install --disable-pip-version-check --require-hashes -r $(1); \
	status=$$?; rm -rf $(UV); exit $$status
endef

.PHONY: setup lab clean
ifneq ($(GOOD),yes)
.PHONY: $(READY)
endif

setup: $(READY)

$(READY): requirements.lock pyproject.toml $(shell find settings -type f 2>/dev/null)
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 $(MAKECMDGOALS)" if sys.version_info < (3, 11) else 0)'
	@rm -f $(READY)
	@echo "Installing what the workbook needs into $(VENV). This happens once and takes a minute or two."
	@$(if $(GOOD),,$(PYTHON) -m venv --clear $(VENV) || { echo "The venv module is missing: on Debian or Ubuntu, apt-get install python3-venv"; exit 1; })
	@$(RUN) -m pip uninstall --quiet --disable-pip-version-check --yes setuptools 2>/dev/null || true  # Python 3.11 adds it
	$(call install,requirements.lock)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@pwd -P > $(READY)

lab: $(READY)
	@$(RUN) -m course lab

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache

-include developers.mk
