# Targets: demo, test, soak, lint, sanity, docs, bench, clean. PYTHON=... selects the interpreter of .venv (3.11 or later).
.DEFAULT_GOAL := help
SHELL := /bin/sh

# Half of the tests' time is waiting for hosts, so that four of them at once fill two cores; a file's tests share a fleet.
PYTEST_ARGS ?= -n 4 --dist loadfile --no-loadscope-reorder
BIN := .venv/bin
# Tests that are compiled are kept so, whatever the environment says: every process of pytest loads them all.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest
# Nothing of a run goes into the user's home.
export ANSIBLE_HOME ?= $(CURDIR)/build/ansible
export ANSIBLE_LOCALHOST_WARNING ?= false
export PYTHON

.PHONY: help venv demo test unit integration exhaustive soak soak-matrix cores install-proof published lint sanity docs errors bench clean

help:
	@echo "make demo      run the main job on the embedded simulated fleet"
	@echo "make test      unit tests and scenarios (pytest); PYTEST_ARGS=... replaces '$(PYTEST_ARGS)'"
	@echo "make exhaustive  what make test samples: every message, roll-out and doubt; a sample of make soak"
	@echo "make soak      kill, race, break and put out of time hundreds of whole remediations; goes on where it was stopped"
	@echo "make soak-matrix  every fault at every message (SOAK_ARGS='--seed N --minutes M'); goes on where it stopped"
	@echo "make lint      ruff, mypy, ansible-lint, changelog and tree checks"
	@echo "make sanity    ansible-test sanity on ansible-core 2.16 and 2.21"
	@echo "make cores     the scenarios on ansible-core 2.16 and 2.21"
	@echo "make smoke     assess, stage and install on every ansible-core and every Python that we promise"
	@echo "make install-proof  install with the README's lines alone, then stage and install with that"
	@echo "make published  build the artifact and look at it as Ansible Galaxy does"
	@echo "make docs      module documentation as HTML in build/docs"
	@echo "make errors    docs/docsite/rst/errors.rst, each error text of the source"
	@echo "make bench     the benchmarks"
	@echo "make clean     remove what the targets above made"

venv:
	@sh tools/venv.sh .venv requirements-dev.txt
	@sh tools/link.sh

demo: venv
	@$(BIN)/python tools/demo.py $(DEMO_ARGS)

test: venv
	@$(PYTEST) $(PYTEST_ARGS)

unit: venv
	@$(PYTEST) $(PYTEST_ARGS) tests/unit

integration: venv
	@$(PYTEST) $(PYTEST_ARGS) tests/integration

# Both at once: the one waits where the other works.
exhaustive: venv
	@mkdir -p build
	@PYTHONPATH=tests:build/collections $(BIN)/python -m soak --sample --fresh --state build/soak-sample.jsonl \
		>build/soak-sample.log 2>&1 & sample=$$!; failed=0; \
	WINLEGACY_EVERY=1 $(PYTEST) -n 3 --dist worksteal --timeout 1800 -m "exhaustive or sampled" || failed=1; \
	wait $$sample || failed=1; cat build/soak-sample.log; exit $$failed

soak: venv
	@PYTHONPATH=tests:build/collections $(BIN)/python -m soak $(SOAK_ARGS)

soak-matrix: venv
	@$(BIN)/python tools/soak_matrix.py $(SOAK_ARGS)

cores: venv
	@$(BIN)/python tools/on_cores.py $(CORES)

smoke: venv
	@$(BIN)/python tools/smoke.py $(PAIRS)

install-proof: venv
	@$(BIN)/python tools/install_proof.py

lint: venv
	@$(BIN)/python tools/lint.py

sanity: venv
	@$(BIN)/python tools/sanity.py $(CORES)

published:
	@sh tools/venv.sh .venv-publish requirements-publish.txt
	@.venv-publish/bin/python tools/published.py

docs:
	@sh tools/link.sh
	@sh tools/venv.sh .venv-docs requirements-docs.txt
	@.venv-docs/bin/python tools/build_docs.py

errors: venv
	@$(BIN)/python tools/errors_page.py

bench: venv
	@$(BIN)/python benchmarks/run.py $(BENCHES)

clean:
	rm -rf .venv .venv-* build .mypy_cache .ruff_cache .pytest_cache .hypothesis .ansible tests/output
