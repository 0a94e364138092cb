# make run    sets everything up, runs the pipeline, says where the report is
# make test   sets everything up, runs the quick tests; the slow ones are apart: make test-slow
.DEFAULT_GOAL := run
.PHONY: run test test-slow check bench profile lock clean

BIN  := .venv/bin
PATH := $(CURDIR)/$(BIN):$(PATH)
export PATH

run: .venv/.ready
	@dvc repro
	@echo "The report: file://$(CURDIR)/reports/report.html"

test: .venv/.ready
	@pytest -n auto --dist loadgroup -m "not slow" --cov --cov-report=term:skip-covered
	@echo "The slow tests, laws and whole pipelines, are apart: make test-slow"

test-slow: .venv/.ready
	@pytest -n auto --dist loadgroup -m slow

# Style, types, layers: what a reviewer should not have to say.
check: .venv/.ready
	@ruff check
	@ruff format --check
	@mypy
	@lint-imports

# Python 3.12 where there is one, else a newer or older one from 3.11 on; uv in a small environment of its own.
.venv/.ready: requirements.lock pyproject.toml setup.sh
	@./setup.sh
	@touch $@

# Side by side with what one would pick instead, each peer in an environment of its own: minutes, and a quiet machine.
bench: .venv/.ready
	@python -m bench

# Flame graphs of what we do, docs/flame_*.svg, by py-spy in an environment of its own; root, or ptrace_scope 0.
profile: .venv/.ready
	@python -m bench.profile

# Resolve the lock anew after a change of pyproject.toml: names, versions and hashes, no addresses.
lock: .venv/.ready
	@uv pip compile -q pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements.lock > /dev/null

clean:
	rm -rf .venv .uv .numba .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
