# The commands of the project. Each makes .venv first when it is missing or stale, and needs no network after that.
.DEFAULT_GOAL := help
.PHONY: help venv night test unit slow lint types layers lock directories sample bench bench-night fuzz kill powerloss dbcut soak model sabotage clean
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory
export PYTHON
# Nothing that we run reports home.
export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export GX_ANALYTICS_ENABLED := false
BIN := .venv/bin

help:  ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name text; do printf '%-14s %s\n' "$$name" "$$text"; done

venv:  ## make or refresh .venv from requirements.lock
	@sh .ci/bootstrap

night: venv  ## run the sample nights into build/night and print the summary
	@$(BIN)/crossfoot run sample

test: lint types layers unit slow  ## everything that must pass: lint, types, layers, quick tests, slow tests

unit: venv  ## the quick tests
	@echo "crossfoot: quick tests"
	@$(BIN)/pytest -q -m "not slow"

slow: venv  ## the slow tests: databases, Prefect, whole nights, kills
	@echo "crossfoot: slow tests"
	@$(BIN)/pytest -q -m slow || [ $$? -eq 5 ]  # 5: none collected

lint: venv  ## ruff
	@echo "crossfoot: lint"
	@$(BIN)/ruff check --quiet .

types: venv  ## mypy, strict in edi and transforms
	@echo "crossfoot: types"
	@$(BIN)/mypy --no-error-summary

layers: venv  ## who may import whom
	@echo "crossfoot: layers"
	@$(BIN)/lint-imports --no-logo

lock: venv  ## resolve pyproject.toml into requirements.lock (for all supported Pythons, with hashes, without hosts)
	@$(BIN)/uv pip compile --quiet --system-certs --universal --generate-hashes --no-annotate --no-header \
		--no-emit-index-url --no-emit-find-links --extra dev $(UPGRADE) -o requirements.lock pyproject.toml
	@for peer in benchmarks/peers/*.in; do $(BIN)/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header --no-emit-index-url --no-emit-find-links $(UPGRADE) -o "$${peer%.in}.lock" "$$peer" || exit 1; done

directories: venv  ## make edi/edifact/directories again from the UN's texts in ../shared/untdid
	@for zip in ../shared/untdid/d*.zip; do \
		$(BIN)/python -m edi.edifact.untdid $$zip > edi/edifact/directories/$$(basename $$zip .zip).json.gz || exit 1; done

sample: venv  ## make data/sample again from its seed
	@$(BIN)/python -m worlds --out data/sample

bench: venv  ## measure this engine and its peers on generated files into build/bench (BENCH=--quick or --full; see docs/benchmarks.md)
	@$(BIN)/python -m benchmarks $(BENCH)

bench-night: venv  ## where the CPU of a night of 10,000 files goes, step by step; exactly-once may take 15 % (FILES=1000 for fewer)
	@$(BIN)/python -m benchmarks.night $(if $(FILES),--files $(FILES))

fuzz: venv  ## X12, EDIFACT and CSV made of odd bytes, 1,000,000 inputs each (make fuzz RUNS=10000 for fewer, FUZZ=--resume to go on)
	@$(BIN)/python -m tests.fuzz $(FUZZ) $(if $(RUNS),--runs $(RUNS)) $(if $(SEED),--seed $(SEED))

kill: venv  ## SIGKILL at every hit of every failpoint of a night, in chains, and of real processes (make kill CHAINED=5000 PROCESSES=300 for more)
	@$(BIN)/python -m tests.faults.kill $(if $(CHAINED),--chained $(CHAINED)) $(if $(PROCESSES),--processes $(PROCESSES)) $(if $(SEED),--seed $(SEED))

powerloss: venv  ## cut the power 100,000 times and let every call to the file system fail (make powerloss LOSSES=1000000 for more)
	@$(BIN)/python -m tests.faults.powerloss $(if $(LOSSES),--losses $(LOSSES)) $(if $(SEED),--seed $(SEED))

dbcut: venv  ## nights cut off from PostgreSQL in 200 ways, and 20 crashes of the server (CUTS=1000, RESTARTS=100, SEED=2)
	@$(BIN)/python -m tests.faults.dbcut $(if $(CUTS),--cuts $(CUTS)) $(if $(RESTARTS),--restarts $(RESTARTS)) $(if $(SEED),--seed $(SEED))

sabotage: venv  ## take the defences away one by one: a named test must turn red each time
	@$(BIN)/python -m tests.faults.sabotage

soak: venv  ## a year of nights with doubled schedules, replays, late files, faults and an injected clock (NIGHTS=60, SEED=2)
	@$(BIN)/python -m tests.faults.soak $(if $(NIGHTS),--nights $(NIGHTS)) $(if $(SEED),--seed $(SEED))

model: venv  ## nights as a state machine against a dictionary, 2,000 programs (PROGRAMS=10000, SEED=2)
	@$(BIN)/python -m tests.faults.model $(if $(PROGRAMS),--programs $(PROGRAMS)) $(if $(SEED),--seed $(SEED))

clean:  ## remove what was built (build/ and caches), keeping .venv
	@rm -rf build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
