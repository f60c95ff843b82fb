# `make` alone lists the targets. Everything happens in .venv, which is created when needed.

# The first Python that really runs and is new enough. Version managers put names on the path that
# exist and still fail, so each is tried.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo $$python; break; fi; done)
VENV := .venv/bin/python
ARGS ?=
ONLY ?=
# Of the command line only: in the environment it is the language of the user's own tools.
LANGUAGE ?=

.DEFAULT_GOAL := help
.PHONY: help run dev test coverage lint format demo messages schema contact-sheet \
	pictures setup setup-dev

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1|\2/' \
		| while IFS='|' read -r target text; do printf '  %-14s %s\n' "$$target" "$$text"; done

run: setup ## start the portal on http://127.0.0.1:8000 (PORT=8001 make run for another port)
	@exec $(VENV) -m scripts.run

dev: setup ## start Django's development server, which reloads on every change
	@exec $(VENV) -m scripts.run --dev

demo: setup ## throw the demo world away and load it afresh
	@exec $(VENV) -m scripts.run --fresh

test: setup-dev ## run every check and test (ONLY=sqlite for one part, ARGS="-k words" for pytest)
	@exec $(VENV) -m scripts.test $(if $(ONLY),--only $(ONLY)) -- $(ARGS)

coverage: setup-dev ## run the tests on SQLite and show which code they do not reach
	@exec $(VENV) -m scripts.test --only sqlite --coverage

lint: setup-dev ## run the linters and the type checker only
	@exec $(VENV) -m scripts.test --only lint,format,types,templates,security

format: setup-dev ## put the Python code into its standard form
	@$(VENV) -m ruff check --quiet --fix-only .
	@$(VENV) -m ruff format .

messages: setup-dev ## collect the texts to translate, and compile the translations
	@exec $(VENV) -m scripts.messages

schema: setup-dev ## write the description of the API, docs/openapi.json
	@exec $(VENV) -m scripts.schema

contact-sheet: setup-dev ## photograph every page (LANGUAGE=ru beside English, ONLY="words" for a part)
	@exec $(VENV) -m scripts.contact_sheet $(if $(ONLY),--only "$(ONLY)") \
		$(if $(filter command,$(origin LANGUAGE)),--language "$(LANGUAGE)")

pictures: setup-dev ## take the pictures of the README, docs/images
	@exec $(VENV) -m scripts.pictures

setup:
	@$(call checked_python) scripts/setup.py

setup-dev:
	@$(call checked_python) scripts/setup.py --dev

define checked_python
found="$(PYTHON)"; test -n "$$found" || { \
	echo "No Python 3.11 or newer was found. Install one, or name it: make PYTHON=/path/to/python3" >&2; \
	exit 1; }; \
exec $$found
endef
