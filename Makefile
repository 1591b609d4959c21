# The verbs. Each sets up what it needs first; `make help` lists them.
PYTHON ?= python3
STACK ?= local
ARGS ?=

DOCKLAB := $(or $(DOCKLAB_HOME),.docklab)
VENV := "$(DOCKLAB)/venv/bin/python"
export PYTHONDONTWRITEBYTECODE := 1

.DEFAULT_GOAL := help
.PHONY: help setup up preview refresh verify report backup restore pin down clean stacks env doctor test lint bench conformance

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / {gsub(/[$$][$$]/, "$$", $$2); printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  STACK=name picks stacks/Pulumi.<name>.yaml (default: local); ARGS=\"...\" goes to Pulumi as it is"

setup: ## get the parts: Python packages, Pulumi, plugins, a Docker engine, a base image
	@$(PYTHON) -m toolchain setup

.PHONY: parts
parts:
	@$(PYTHON) -m toolchain setup --stack=$(STACK)

up: parts ## bring the lab up, verify its isolation, show the verdict
	@$(VENV) -m toolchain up --stack $(STACK) -- $(ARGS)

preview: parts ## show what `make up` would change in the lab, and change nothing in it
	@$(VENV) -m toolchain preview --stack $(STACK) -- $(ARGS)

refresh: parts ## read the lab's real condition into the state
	@$(VENV) -m toolchain refresh --stack $(STACK) -- $(ARGS)

verify: parts ## verify the running lab again, changing nothing else
	@$(VENV) -m toolchain verify --stack $(STACK) -- $(ARGS)

report: ## write the last verification as HTML, JSON and JUnit XML; ARGS=--open shows the page
	@$(PYTHON) -m toolchain setup --without-engine
	@$(VENV) -m toolchain report --stack $(STACK) -- $(ARGS)

backup: parts ## copy the volumes' data into files: ARGS="[--to DIR] [--pause] [volume...]"
	@$(VENV) -m toolchain backup --stack $(STACK) -- $(ARGS)

restore: parts ## put it back: ARGS="--from DIR [--stop] [--overwrite] [volume...]"
	@$(VENV) -m toolchain restore --stack $(STACK) -- $(ARGS)

pin: ## write image digests and the AMI id into the stack file: ARGS="[--check]"
	@$(PYTHON) -m toolchain setup --without-engine
	@$(VENV) -m toolchain pin --stack $(STACK) -- $(ARGS)

down: ## destroy the lab, its volumes and its folder; stop the private engine
	@if [ ! -e "$(DOCKLAB)" ]; then echo "  down            nothing is set up here, so nothing is up"; exit 0; fi; \
	$(PYTHON) -m toolchain setup --stack=$(STACK) && $(VENV) -m toolchain down --stack $(STACK) -- $(ARGS)

clean: ## remove everything that make made (after `make down`)
	@$(PYTHON) -m toolchain clean

stacks: ## list the stacks and what the last run left of each
	@$(PYTHON) -m toolchain stacks

env: ## print what to eval for plain `pulumi` and `docker`: eval "$$(make env)"
	@$(PYTHON) -m toolchain env

doctor: ## say what each part is, where it came from and what is missing
	@$(PYTHON) -m toolchain doctor

test: ## run every test
	@$(PYTHON) -m toolchain setup --with-tests --without-engine
	@$(VENV) -m toolchain test $(ARGS)

lint: ## ruff, mypy --strict, shellcheck
	@$(PYTHON) -m toolchain setup --with-tests --with-lint --without-engine
	@$(VENV) -m ruff check . && $(VENV) -m ruff format --check .
	@$(VENV) -m mypy
	@"$(DOCKLAB)/venv/bin/shellcheck" .ci/run $$(git ls-files '*.sh')

bench: setup ## print what the lab costs, as ratios, from one run
	@$(VENV) -m bench $(ARGS)

conformance: ## test a Docker provider plugin: make conformance PLUGIN=/path/to/pulumi-resource-docker
	@$(PYTHON) -m toolchain setup --with-tests --without-engine
	@CONFORMANCE_PLUGIN="$(PLUGIN)" $(VENV) -m toolchain test -m conformance $(ARGS)
