# The commands of this project. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup up down demo check test assure pictures soak bench lock events-page extension clean

PROVISION := .venv/bin/provision
PYTEST := .venv/bin/python -m pytest
SPREAD := -n 3 --dist loadfile --no-loadscope-reorder

# Tests start hundreds of programs; without compiled files each would compile the project anew.
unexport PYTHONDONTWRITEBYTECODE

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

check: setup ## format, lint, types, unit and architecture tests: two minutes
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	$(PYTEST) -q -n 2 --dist loadfile --no-loadscope-reorder tests/unit tests/architecture

test: setup ## every property on a real Keycloak, PostgreSQL, mail server and Chromium: ten minutes
	@bash scripts/system_packages.sh
	$(PYTEST) $(SPREAD) -m "not assure" tests

assure: setup ## all that `make test` leaves out: long faults, restore drills, the demo, deployments
	@bash scripts/system_packages.sh
	$(PYTEST) $(SPREAD) -m assure tests

pictures: setup ## make the pictures of docs/guides anew, by the browser tests that walk there
	@bash scripts/system_packages.sh
	rm -rf .artifacts/guides
	$(PYTEST) -q -n 0 tests/browser/test_journey_institution.py tests/browser/test_journeys.py
	rm -f docs/guides/pictures/*.png
	cp .artifacts/guides/*.png docs/guides/pictures/

soak: setup ## the kills of `make assure` by the hundred; hours
	AIKOM_SOAK=1 $(PYTEST) -n 2 --dist loadfile -s tests/faults/test_apply_kills.py tests/faults/test_kills.py tests/faults/test_kill_points.py

bench: setup ## figures side by side with peers
	@.venv/bin/python -m bench

lock: ## renew the lock files from requirements.in and requirements-dev.in
	@bash scripts/lock.sh

events-page: ## renew docs/events.md from the types of events
	@.venv/bin/python -c "from provisioning.model.events.document import document; print(document(), end='')" > docs/events.new && mv docs/events.new docs/events.md

extension: ## build the Keycloak extension's jar
	cd keycloak-extension && mvn -q -B package

clean: ## remove what can be made again; not .aikom, where the stack's data is
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis .artifacts keycloak-extension/target
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
