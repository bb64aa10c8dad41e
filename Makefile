# Two commands do everything: `make demo` and `make test`. `make help` lists the rest.
VENV ?= .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
MACROS := .engines/macros/.ready
# dbt imports hundreds of modules: let Python keep their bytecode, and keep usage statistics at home.
export PYTHONDONTWRITEBYTECODE =
export DBT_SEND_ANONYMOUS_USAGE_STATS = false

.DEFAULT_GOAL := help
.PHONY: help demo parse-v2 test test-compiled test-engines lint compile check bench bench-full bench-cli bench-spark lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(READY): requirements/dev.txt requirements/uv.txt pyproject.toml
	@sh requirements/install.sh $(VENV)
	@touch $@

$(MACROS): $(READY) requirements/adapters.txt requirements/install_macros.sh
	@sh requirements/install_macros.sh $(VENV) $(@D)
	@touch $@

demo: $(READY)  ## build the invented company and show its numbers
	@$(VENV)/bin/dbt --quiet build --profiles-dir . --project-dir .
	@$(PY) demo/report.py

test: $(READY) $(MACROS)  ## every test that needs nothing but this machine
	@$(PY) -m pytest

test-engines: $(READY) $(MACROS)  ## the same numbers on ENGINE=postgres, say; without it, on all this machine can run
	@$(PY) -m tests.engines.run $(ENGINE) $(OPTIONS)

test-compiled: $(READY) $(MACROS)  ## compile for every engine with its real adapter, without a database
	@$(PY) -m tests.engines.compiled $(ENGINE)

parse-v2: $(READY)  ## does dbt v2 read every committed file?
	@$(PY) -m tests.engines.parse_v2

lint: $(READY)  ## style, types and floors
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

compile: $(READY)  ## metrics/*.yml -> macros, models and pages made from them
	@$(VENV)/bin/rollforward compile
	@cd tests/integration && $(abspath $(VENV))/bin/dbt --quiet deps --profiles-dir . && $(abspath $(VENV))/bin/rollforward compile
	@$(PY) -m docs.generate

check: $(READY)  ## are the committed files what the YAML says?
	@$(VENV)/bin/rollforward check

bench: $(READY)  ## measure beside the naive way, small, and print it: minutes
	@$(PY) benchmarks/run.py --sizes 10000,100000 --shapes intervals --repeats 3 --out benchmarks/results/small_intervals.json
	@$(PY) benchmarks/run.py --sizes 10000 --shapes snapshots,payments --repeats 3 --out benchmarks/results/small_others.json
	@$(PY) benchmarks/report.py --into benchmarks/work benchmarks/results/small_intervals.json benchmarks/results/small_others.json

bench-full: ALL := naive,naive_short_spine,floor,rollforward,rollforward_next_month
bench-full: $(READY)  ## the same up to 5 million customers, for the published page: hours
	@$(PY) benchmarks/run.py --sizes 10000,100000 --shapes intervals --comparisons three,five --repeats 3 --contenders $(ALL) --out benchmarks/results/full_intervals.json
	@$(PY) benchmarks/run.py --sizes 1000000 --shapes intervals --comparisons three,five --repeats 3 --contenders $(ALL) --out benchmarks/results/full_million.json
	@$(PY) benchmarks/run.py --sizes 5000000 --shapes intervals --repeats 3 --naive-up-to 0 --out benchmarks/results/full_large.json
	@$(PY) benchmarks/run.py --sizes 10000,100000 --shapes snapshots,payments --repeats 3 --out benchmarks/results/full_others.json
	@$(PY) benchmarks/run.py --sizes 1000000 --shapes snapshots --memory-limit 2GB --repeats 1 --contenders floor,rollforward --out benchmarks/results/full_snapshots.json
	@$(PY) benchmarks/run.py --sizes 3300000 --shapes payments --memory-limit 8GB --repeats 1 --contenders floor,rollforward --out benchmarks/results/full_payments.json
	@$(PY) benchmarks/report.py $(addprefix benchmarks/results/full_,$(addsuffix .json,intervals million large others snapshots payments))

bench-cli: $(READY)  ## measure the command line beside MetricFlow's
	@[ -x benchmarks/metricflow/.venv/bin/mf ] || { \
		$(VENV)/bin/uv venv --quiet --python $(PY) benchmarks/metricflow/.venv && \
		$(VENV)/bin/uv pip install --quiet --python benchmarks/metricflow/.venv/bin/python \
			--override requirements/overrides.txt "dbt-metricflow[dbt-duckdb]==0.15.*"; }
	@$(PY) benchmarks/cli.py
	@$(PY) -m docs.generate

bench-spark: $(READY)  ## build CUSTOMERS=100000 on a Spark cluster of this machine and say how the work was spread
	@$(PY) benchmarks/spark.py --customers $(or $(CUSTOMERS),100000) --out benchmarks/results/spark_$(or $(CUSTOMERS),100000).json
	@$(PY) benchmarks/spark_report.py benchmarks/results/spark_*.json

lock: $(READY)  ## renew the pins
	@sh requirements/lock.sh $(VENV)

clean:  ## remove what was built
	@rm -rf target logs dbt_packages *.duckdb *.duckdb.wal
