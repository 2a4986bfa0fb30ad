# The commands of this project. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup up down demo check test pictures drill soak bench lock extension clean

PROVISION := .venv/bin/provision
PYTEST := .venv/bin/python -m pytest

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv as the lock file says; quick when nothing changed
	@bash scripts/setup.sh

up: setup ## start everything on this computer and provision the example configuration
	@bash scripts/system_packages.sh --stack
	@bash scripts/up.sh

down: setup ## stop what `make up` started; the data stays
	@$(PROVISION) stack down

demo: setup ## a narrated walk through the order's clauses on the running stack
	@.venv/bin/python -m examples.demo

check: setup ## format, lint, types, unit tests: a minute or two
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	$(PYTEST) -q -n 2 tests/unit tests/architecture

test: setup ## everything, on a real Keycloak, PostgreSQL, mail server and Chromium
	@bash scripts/system_packages.sh
	$(PYTEST) -n 3 --dist loadfile --no-loadscope-reorder tests

pictures: setup ## make the pictures of docs/guides anew, by the browser tests that walk there
	@bash scripts/system_packages.sh
	rm -rf .artifacts/guides
	$(PYTEST) -q -n 0 tests/browser/test_journey_institution.py tests/browser/test_journeys.py
	rm -f docs/guides/pictures/*.png
	cp .artifacts/guides/*.png docs/guides/pictures/

drill: setup ## backup, restore, and proof that no deactivation and no cut-off is undone
	$(PYTEST) -n 0 -s tests/faults/test_restore_drill.py tests/faults/test_restore_drill_postgresql.py tests/faults/test_older_ledger.py

soak: setup ## the long tests: many kills, large input
	AIKOM_SOAK=1 $(PYTEST) tests/faults tests/security

bench: setup ## figures side by side with peers
	@.venv/bin/python -m bench

lock: ## renew the lock files from requirements.in and requirements-dev.in
	@bash scripts/lock.sh

extension: ## build the Keycloak extension's jar
	cd keycloak-extension && mvn -q -B package

clean: ## remove what can be made again; not .aikom, where the stack's data is
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis .artifacts keycloak-extension/target
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
