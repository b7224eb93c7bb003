# What instructors and developers have besides:  make test   make fast   make check   make build
# make wheel   make site   make locks
# A release carries no such file.
TOOLS := $(VENV)/.tools

.PHONY: tools test fast check build wheel site locks

# It pins the students' packages to the same versions, and the rest.
tools: $(TOOLS)

$(TOOLS): developers.lock $(READY)
	@echo "Installing what instructors and developers need on top."
	$(call install,developers.lock)
	@touch $(TOOLS)

# A container's settings may forbid bytecode. Then each of the hundreds of processes that tests start would compile all that
# it imports.
test fast: export PYTHONDONTWRITEBYTECODE =

test: $(TOOLS)
	$(RUN) -m pytest

# what needs no browser, no kernel, no sandbox and no build of a lab; random numbers are drawn once and not twenty times
fast: $(TOOLS)
	$(RUN) -m pytest -n 2 -m "not (browser or kernel or sandbox or whole or more)"

check: $(TOOLS)
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy
	$(RUN) -m course build --check

build: $(TOOLS)
	$(RUN) -m course build

# The whole workbook for students, in one file below dist/: pip install FILE, then course start
wheel: $(TOOLS)
	$(RUN) -m course build --check
	$(RUN) -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

# The labs to read, the library's reference and the instructor's notes, below build/site/html; needs no network.
site: $(TOOLS)
	rm -rf build/site && mkdir -p build/site/source/labs
	cp -R site/. build/site/source && cp course/notation.md build/site/source
	cp -R labs/lab*.ipynb labs/concepts.ipynb labs/images build/site/source/labs
	$(RUN) -m sphinx --fail-on-warning --keep-going --quiet build/site/source build/site/html

# Resolved anew, with what stands as the preference; add ARGUMENTS=--upgrade for the newest. Needs uv.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header $(ARGUMENTS)
locks:
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) pyproject.toml --extra grade --extra site --extra test --extra cluster -c requirements.lock -o developers.lock
	echo uv | $(LOCK) - -o setup.lock
