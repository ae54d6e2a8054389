# Liana, from a terminal. `make` alone shows what there is.

PYTHON ?= python3
VENV ?= .venv
CLOUD ?= .cloud
PORT ?= 4566
SMTP_PORT ?= 2525
STAGE ?=
REGION ?=
SENDING ?=
QUEUE ?= all
FROM ?=
TO ?=
QUARANTINE ?=
WAIT ?=
CUSTOMER ?=
FILES ?=
DRY_RUN ?=
ARGS ?=
# One more than CI has cores: tests of the local cloud wait much.
WORKERS ?= 3

run := $(VENV)/bin/python
infra := $(run) -m infra
pip := -m pip install -qq --disable-pip-version-check
# LOCAL=1 speaks to the running local cloud instead of AWS.
where := $(if $(LOCAL),--local http://127.0.0.1:$(PORT),$(if $(STAGE),--stage $(STAGE)) $(if $(REGION),--region $(REGION)))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo demo-reset up mailbox test test-quick check template deploy preflight status redrive replay recalibrate reindex \
	export erase articles-export articles-import sending rotate-keys destroy clean

help:  ## show this
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  Options: STAGE=prod REGION=eu-west-1 SENDING=on|off LOCAL=1 PORT=4566 SMTP_PORT=2525 PYTHON=python3.12 ONESHOT=1"

setup: $(VENV)/.stamp $(CLOUD)/.stamp  ## make the environments (every target does it when needed)

demo: setup  ## the whole story on this machine; ONESHOT=1 ends after it
	@$(infra) demo --port $(PORT) --smtp-port $(SMTP_PORT)

demo-reset:  ## forget what earlier demos left
	rm -rf .liana

up: setup  ## the local cloud alone, served until Ctrl-C
	@$(infra) up --port $(PORT) --smtp-port $(SMTP_PORT) $(if $(SENDING),--sending $(SENDING))

mailbox: $(VENV)/.stamp  ## the local mailbox; ARGS=3 shows the third mail
	@$(infra) mailbox $(ARGS)

test: setup  ## every test; ARGS go to pytest
	$(run) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-quick: $(VENV)/.stamp  ## the tests that need no local cloud
	$(run) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not cloud" $(ARGS)

check: $(VENV)/.stamp template  ## style, types, who may import whom, the template
	$(run) -m ruff check .
	$(run) -m ruff format --check .
	$(run) -m mypy
	$(VENV)/bin/lint-imports --no-cache
	$(VENV)/bin/cfn-lint --regions us-east-1 --template .build/check-arm64/template.json

template: $(VENV)/.stamp  ## package for AWS without deploying, under .build/
	@$(infra) package --stage check

deploy: $(VENV)/.stamp  ## bring a stage up to the working tree: make deploy STAGE=prod
	@$(infra) deploy $(where) $(if $(SENDING),--sending $(SENDING))

preflight: $(VENV)/.stamp  ## what could go wrong with a deploy
	@$(infra) preflight $(where) $(if $(SENDING),--sending $(SENDING))

status: $(VENV)/.stamp  ## how a stage is: stack, switch, queues, dead letters
	@$(infra) status $(where)

redrive: $(VENV)/.stamp  ## send dead letters back to their queues; QUEUE=MailDeadLetters for one
	@$(infra) redrive $(where) $(QUEUE)

replay: $(VENV)/.stamp  ## read stored mail again: FROM=2026-11-01 (TO=…), or QUARANTINE=1; WAIT=1
	@$(infra) replay $(where) $(if $(FROM),--from $(FROM)) $(if $(TO),--to $(TO)) $(if $(QUARANTINE),--quarantine) \
		$(if $(WAIT),--wait)

export: $(VENV)/.stamp  ## all there is of a customer as one zip: CUSTOMER=… (ARGS="--to folder"); DRY_RUN=1 counts
	@$(infra) export $(where) $(CUSTOMER) $(if $(DRY_RUN),--dry-run) $(ARGS)

erase: $(VENV)/.stamp  ## forget a customer: CUSTOMER=… DRY_RUN=1, then ARGS="--author Tom --reason letter --yes"
	@$(infra) erase $(where) $(CUSTOMER) $(if $(DRY_RUN),--dry-run) $(ARGS)

articles-export: $(VENV)/.stamp  ## the knowledge base as Markdown files: ARGS="--to folder --format csv|zendesk"
	@$(infra) articles-export $(where) $(ARGS)

articles-import: $(VENV)/.stamp  ## take articles in: FILES=folder DRY_RUN=1, then ARGS=--publish
	@$(infra) articles-import $(where) $(FILES) $(if $(DRY_RUN),--dry-run) $(ARGS)

recalibrate: $(VENV)/.stamp  ## renew the value index over all customers now; WAIT=1 tells its figures
	@$(infra) recalibrate $(where) $(if $(WAIT),--wait)

reindex: $(VENV)/.stamp  ## have the whole knowledge base indexed anew; WAIT=1 waits until it is searched
	@$(infra) reindex $(where) $(if $(WAIT),--wait)

sending: $(VENV)/.stamp  ## let a stage send mail, or not: make sending SENDING=on STAGE=prod
	@$(infra) sending $(where) $(SENDING)

rotate-keys: $(VENV)/.stamp  ## make a new signing key known; ten minutes later, sign with it
	@$(infra) rotate-keys $(where)

destroy: $(VENV)/.stamp  ## remove a stage, keep its data; ARGS=--yes (and --delete-data)
	@$(infra) destroy $(where) $(ARGS)

clean:  ## remove environments, packages and caches; the demo's state stays
	rm -rf $(VENV) $(CLOUD) .build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.stamp: requirements.txt requirements-dev.txt
	$(call environment,$(VENV),-r requirements.txt -r requirements-dev.txt)

$(CLOUD)/.stamp: requirements-cloud.txt
	$(call environment,$(CLOUD),-r requirements-cloud.txt)

# $(call environment,folder,what pip installs): both must be made by the same Python, for both run the same functions.
define environment
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "error: Liana needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo missing):" \
		"name another with PYTHON=python3.12" >&2; exit 1; }
@echo "making $(1) …"
@$(PYTHON) -m venv $(1) >/dev/null || { \
	echo "error: $(PYTHON) cannot make virtual environments: install its venv package (python3-venv)" >&2; exit 1; }
@$(1)/bin/python $(pip) $(2)
@touch $@
endef
