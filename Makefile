# Two commands are all a newcomer needs: `make run` and `make test`.

PYTHON ?= python3
PORT ?= 8000
STAGE ?= production
ROLE ?= web
LOCAL := .local
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help run manage check test test-slow test-all lint format types bench clean clean-data package provision deploy smoke undeploy

help:  ## Show this help
	@echo "Darkroom: a serverless image pipeline, a media library and a moderation console"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp  ## Run everything on http://127.0.0.1:8000 (PORT=8100 for another port); Ctrl-C stops it
	@$(BIN)/python manage.py run_local --port $(PORT)

manage: $(VENV)/run.stamp  ## A management command on what `make run` serves: make manage ARGS="import_images ~/Photos"
	@test -f $(LOCAL)/aws/$(ROLE).env || { echo "There is no local stack yet. Start it in another terminal: make run"; exit 1; }
	@set -a; . ./$(LOCAL)/aws/$(ROLE).env; exec $(BIN)/python manage.py $(ARGS)

# Style and types need one core and a few seconds each: they run beside the tests, and are shown after them.
define beside_style_and_types
	@mkdir -p $(LOCAL); \
	$(MAKE) --no-print-directory lint > $(LOCAL)/lint.log 2>&1 & lint=$$!; \
	$(MAKE) --no-print-directory types > $(LOCAL)/types.log 2>&1 & types=$$!; \
	$(BIN)/pytest -m $(1) -n auto --dist worksteal -q; tests=$$?; \
	wait $$lint; lint=$$?; wait $$types; types=$$?; \
	cat $(LOCAL)/lint.log $(LOCAL)/types.log; \
	exit $$((tests || lint || types))
endef

check: $(VENV)/dev.stamp  ## Style, types and every test that needs no browser: a few minutes
	$(call beside_style_and_types,"not slow and not browser")

test: $(VENV)/dev.stamp  ## Check everything but the slow proofs
	$(call beside_style_and_types,"not slow")

test-slow: $(VENV)/dev.stamp  ## The slow proofs alone: deployments, packages, hours of moderation
	$(BIN)/pytest -m slow -n 2 --dist loadgroup -q

test-all: test test-slow  ## Everything, as CI does

lint: $(VENV)/dev.stamp  ## Style, scripts, templates, import contracts, migrations and the CloudFormation template
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/cfn-lint config/aws/template.yaml
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/oxlint --deny-warnings media_pipeline moderation tests
	$(BIN)/djangofmt --quiet --check templates
	$(BIN)/djangofmt check templates

types: $(VENV)/dev.stamp  ## mypy, strict
	$(BIN)/mypy

format: $(VENV)/dev.stamp  ## Let ruff and djangofmt mend what they can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djangofmt check --fix templates
	$(BIN)/djangofmt templates

bench: $(VENV)/dev.stamp  ## Measure speed, memory and AWS calls an image (BENCH="--photos DIR" for your own photos)
	$(BIN)/python -m tests.bench $(BENCH)

package: $(VENV)/dev.stamp  ## Make both functions' zips and print their sizes
	$(BIN)/python manage.py package

provision: $(VENV)/dev.stamp  ## Show, then carry out, the changes to the AWS stack of a stage (STAGE=production)
	$(BIN)/python manage.py provision --stage $(STAGE) $(ARGS)

deploy: $(VENV)/dev.stamp  ## Everything from an empty AWS account, or the last release, to this one (STAGE=production)
	$(BIN)/python manage.py deploy --stage $(STAGE) $(ARGS)

smoke: $(VENV)/dev.stamp  ## Check on a real account what no emulator can tell (STAGE=production)
	$(BIN)/python manage.py smoke --stage $(STAGE)

undeploy: $(VENV)/dev.stamp  ## Take a stage's functions and API away; its data stay (STAGE=production)
	$(BIN)/python manage.py undeploy --stage $(STAGE) $(ARGS)

clean:  ## Remove the virtual environment and caches; the data in .local stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis staticfiles

clean-data:  ## Remove the local data: accounts, images, everything
	rm -rf $(LOCAL)

# What is installed is stamped, so that a second run starts at once. Running needs less than testing.

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Darkroom needs Python 3.11 or newer, and $(PYTHON) is not. Install one and name it:"; \
		     echo "    make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "Python cannot make virtual environments here. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(VENV)/run.stamp: requirements.txt requirements-local.txt | $(VENV)/bin/python
	@echo "Installing what running needs; once, for about a minute ..."
	@$(PIP) -r requirements-local.txt
	@touch $@

$(VENV)/dev.stamp: requirements.txt requirements-local.txt requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing what the checks need; once, for a minute or two ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp
