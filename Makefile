# The verbs. Each sets up what it needs first; `make help` lists them.
PYTHON ?= python3
STACK ?= local
BASE ?=
ARGS ?=

DOCKLAB := $(or $(DOCKLAB_HOME),.docklab)
VENV := "$(DOCKLAB)/venv/bin/python"
export PYTHONDONTWRITEBYTECODE := 1
# What is given to one verb is not for a make that it starts, as the hooks and some tests do.
unexport STACK BASE ARGS
MAKEOVERRIDES :=

.DEFAULT_GOAL := help
.PHONY: help setup up preview refresh verify report backup restore pin down clean stacks env doctor test lint bench conformance
.PHONY: policy review review-check review-diff graph hooks

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {gsub(/[$$][$$]/, "$$", $$2); printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  STACK=name picks stacks/Pulumi.<name>.yaml (default: local); ARGS=\"...\" goes to Pulumi as it is"
	@echo "  make review-diff BASE=<git ref> fails when the change is risky; 1 (risky) from 2 (a mistake) tells only"
	@echo "  .docklab/venv/bin/python -m review diff --base <git ref>, as make turns every failure into 2"

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

review: ## write what every stack declares as text, to review/stacks (no Pulumi, no credentials)
	@$(PYTHON) -m toolchain setup --only-packages
	@$(VENV) -m review write $(ARGS)

review-check: ## fail when review/stacks is not what the program declares
	@$(PYTHON) -m toolchain setup --only-packages
	@$(VENV) -m review check $(ARGS)

review-diff: ## what changes from BASE=<git ref> to here, and what is risky in it
	@$(PYTHON) -m toolchain setup --only-packages
	@$(VENV) -m review diff --base "$(BASE)" $(ARGS)

policy: ## what `make preview` shows, refused where a rule of policy/ is broken
	@$(PYTHON) -m toolchain setup --with-policy --stack=$(STACK)
	@$(VENV) -m toolchain preview --stack $(STACK) -- --policy-pack policy $(ARGS)

graph: ## draw a stack: mermaid, and SVG in a file
	@$(PYTHON) -m toolchain setup --only-packages
	@$(VENV) -m review graph --stack "$(STACK)" $(ARGS)

config-docs: ## write docs/config.md and stacks/lab.schema.json from the model; ARGS=--check
	@$(PYTHON) -m toolchain setup --only-packages
	@$(VENV) -m review.reference $(ARGS)

hooks: ## let each commit bring review/stacks up to date (or: pre-commit install)
	@$(PYTHON) -m toolchain.setup.hooks

test: ## run every test
	@$(PYTHON) -m toolchain setup --with-tests --without-engine
	@$(VENV) -m toolchain test $(ARGS)

lint: ## ruff, mypy --strict, shellcheck; actionlint and zizmor for the workflows
	@$(PYTHON) -m toolchain setup --only-packages --with-tests --with-lint
	@$(VENV) -m ruff check . && $(VENV) -m ruff format --check .
	@$(VENV) -m mypy
	@"$(DOCKLAB)/venv/bin/shellcheck" .ci/run .ci/pre-commit $$(git ls-files '*.sh')
	@"$(DOCKLAB)/bin/actionlint" -shellcheck "$(DOCKLAB)/venv/bin/shellcheck" .github/workflows/*.yml
	@"$(DOCKLAB)/venv/bin/zizmor" --offline --quiet --no-progress --strict-collection .

bench: setup ## print what the lab costs, as ratios, from one run
	@$(VENV) -m bench $(ARGS)

conformance: ## test a Docker provider plugin: make conformance PLUGIN=/path/to/pulumi-resource-docker
	@$(PYTHON) -m toolchain setup --with-tests --without-engine
	@CONFORMANCE_PLUGIN="$(PLUGIN)" $(VENV) -m toolchain test -m conformance $(ARGS)
