# Thin on purpose: what each of these does is in tools/*.py.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
HERE := .venv/bin/python
# Dozens of processes start in the tests: each would compile all it imports, packages too.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test bench check assets pins conformance wheel clean environment environment-test

help:
	@echo "make run          set up and start the city"
	@echo "make test         all tests (LANES='fast postgres browser crash', ARGS='-k word')"
	@echo "make check        lint, types, walls, sizes, duplicates"
	@echo "make bench        measurements (ONLY='portal')"
	@echo "make conformance  published test suites of the standards we speak"
	@echo "make assets       front-end files and translations"
	@echo "make pins         requirements/*.txt from *.in (ARGS=--upgrade for newer ones)"
	@echo "make wheel        an installable package in dist/"
	@echo "make clean        remove what was built; your city in var/ stays"

environment environment-test:
	@test -n "$(PYTHON)" || { echo "pengcheng: no Python 3.11 or newer; install it: apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) tools/environment.py $(if $(filter environment-test,$@),test,run)

assets: environment
	@$(HERE) -m tools.assets

run: assets
	@exec .venv/bin/pengcheng run

test: environment-test
	@$(HERE) -m tools.assets
	@$(HERE) -m tools.lanes $(LANES) -- $(ARGS)

check: environment-test
	@$(HERE) -m tools.check

bench: environment-test
	@$(HERE) -m tools.assets
	@$(HERE) -m bench $(ONLY)

conformance: environment-test
	@$(HERE) -m tools.conformance

pins: environment-test
	@$(HERE) -m tools.pins $(ARGS)

wheel: environment-test
	@$(HERE) -m hatchling build

clean:
	@rm -rf build dist node_modules src/pengcheng/shell/static/vendor
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find src -name '*.mo' -delete
