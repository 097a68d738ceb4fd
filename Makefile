# Diaspora Net. `make` lists the targets; README.md explains them.
.DEFAULT_GOAL := help
.PHONY: help demo demo-reset manage test faults bench-matching bench-chat check lint types imports templates migrations docker lock clean

PYTHON_VENV := .venv/bin/python
DEMO := .venv/requirements-demo.txt.installed
DEV := .venv/requirements-dev.txt.installed
PACKAGES := diaspora_net mentors engagements messaging
CHECK_ENV := env DEBUG=yes DATABASE_URL=postgresql://check@localhost/check REDIS_URL=redis://localhost/0
YAML_RULES := {extends: default, rules: {line-length: {max: 120}}}
# These watch clocks, so nothing else may run beside them; the others run in the order of their names, which keeps
# the files with few but long tests from coming last.
ALONE := tests/messaging/live tests/faults tests/browser
COMPILE := $(PYTHON_VENV) -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --custom-compile-command "make lock"

# $(call step,what,commands): one line when the commands succeed, all they printed when they fail.
define step
@printf '%-11s ' '$(1)'; began=$$(date +%s); \
if told=$$({ $(2); } 2>&1); then echo "ok ($$(($$(date +%s) - began)) s)"; \
else echo "FAILED"; printf '%s\n' "$$told"; exit 1; fi
endef

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

demo: $(DEMO) ## Run everything with a demo network; PORT=, STATE=, DATABASE_URL= and REDIS_URL= are heeded
	@exec $(PYTHON_VENV) -m diaspora_net.demo start

demo-reset: $(DEMO) ## Forget the demo's data and start afresh
	@exec $(PYTHON_VENV) -m diaspora_net.demo reset

manage: $(DEMO) ## Run a management command on the demo's services: make manage CMD='check'
	@exec $(PYTHON_VENV) -m diaspora_net.demo manage $(CMD)

test: $(DEV) ## Run every test on real PostgreSQL, Valkey and Chromium; ARGS= goes to pytest
ifdef ARGS
	@exec $(PYTHON_VENV) -m pytest $(ARGS)
else
	@$(PYTHON_VENV) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(addprefix --ignore=,$(ALONE))
	@exec $(PYTHON_VENV) -m pytest $(ALONE)
endif

faults: $(DEV) ## Break everything while people write; SEED=1,2, MESSAGES=, FAULTS=, CONTROLS=yes are heeded
	@exec $(PYTHON_VENV) -m tests.faults

bench-matching: $(DEV) ## Measure matching beside other ways; SIZE=10000,100000,1000000 experts, JSON= a file for figures
	@$(PYTHON_VENV) -m uv pip install --quiet --python $(PYTHON_VENV) --group bench
	@exec $(PYTHON_VENV) -m tests.bench.matching

bench-chat: $(DEV) ## Measure the chat beside others; PARTS=speed,growth,outage,idle, SOCKETS=, SECONDS=, JSON= a file for figures
	@$(PYTHON_VENV) -m uv pip install --quiet --python $(PYTHON_VENV) --group bench
	@exec $(PYTHON_VENV) -m tests.bench.chat

check: lint types imports templates migrations docker ## Run every check that needs no service

lint: $(DEV) ## Check style and format
	$(call step,lint,$(PYTHON_VENV) -m ruff check . && $(PYTHON_VENV) -m ruff format --check .)

types: $(DEV) ## Check the types, strictly
	$(call step,types,$(CHECK_ENV) $(PYTHON_VENV) -m mypy)

imports: $(DEV) ## Check which package may import which
	$(call step,imports,$(CHECK_ENV) .venv/bin/lint-imports --no-cache)

templates: $(DEV) ## Check the templates and Django's own system checks
	$(call step,templates,$(PYTHON_VENV) -m djlint --lint --quiet $(PACKAGES) \
		&& $(CHECK_ENV) $(PYTHON_VENV) manage.py check --fail-level WARNING)

migrations: $(DEV) ## Check that the migrations say what the models say
	$(call step,migrations,$(CHECK_ENV) $(PYTHON_VENV) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run)

docker: $(DEV) ## Check the image and the compose file
	$(call step,docker,.venv/bin/hadolint docker/Dockerfile \
		&& $(PYTHON_VENV) -m check_jsonschema --builtin-schema vendor.compose-spec docker/compose.yaml \
		&& $(PYTHON_VENV) -m yamllint --strict \
		--config-data '$(YAML_RULES)' docker/compose.yaml)

lock: $(DEV) ## Resolve the dependencies anew into the three lock files
	@$(COMPILE) --upgrade -o requirements.txt >/dev/null
	@$(COMPILE) --upgrade --group demo -c requirements.txt -o requirements-demo.txt >/dev/null
	@$(COMPILE) --upgrade --group dev -c requirements-demo.txt -o requirements-dev.txt >/dev/null

clean: ## Remove the virtual environment and every cache; the demo's data stays
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find $(PACKAGES) tests -name __pycache__ -prune -exec rm -rf {} +

.venv/%.installed: % .ci/setup
	@.ci/setup $*
