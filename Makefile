# The commands for contributors and CI: `make help` lists them. They need only make and
# Python 3.11 or newer with venv.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
ARGS   ?=
JOBS   ?= auto
SECONDS ?= 60
PEERS    := inspircd ngircd redis-server nats-server mosquitto
# With OpenSSL's headers, the load generator also speaks TLS.
OPENSSL   = $(shell echo '\#include <openssl/ssl.h>' | $(CC) -E - >/dev/null 2>&1 && echo -DWITH_TLS -lssl -lcrypto)
CHROMIUM := $(shell command -v chromium 2>/dev/null)

# run.stamp records the path of the checkout and the version of Python. If either has
# changed, or the environment's Python is gone, the environment is recreated.
SET_UP_FOR = $(CURDIR) $$($(BIN)/python -S -c 'import sys; print(*sys.version_info[:2])' 2>&1)
IS_STALE  := $(shell test ! -e $(VENV)/run.stamp || \
               test "$$(cat $(VENV)/run.stamp)" = "$(SET_UP_FOR)" || echo yes)

.DEFAULT_GOAL := help
.PHONY: stale help run join setup test test-all screenshots pictures generated stress soak chaos check format lint types fix fuzz mutants bench bench-quick bench-deps bench-profile lock system-deps dist clean

help: ## List all targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/run.stamp ## Set up, and serve the chat on 127.0.0.1:5555 with the page (ARGS="--port 6666")
	@exec env PARLOUR_WEB_PORT=$${PARLOUR_WEB_PORT:-auto} $(BIN)/python server.py $(ARGS)

join: $(VENV)/run.stamp ## Set up, and join the chat of `make run` (ARGS="--name juliet")
	@exec $(BIN)/parlour 127.0.0.1 $${PARLOUR_PORT:-5555} --reconnect $(ARGS)

setup: $(VENV)/test.stamp ## Set up everything to run, test and develop

test: $(VENV)/test.stamp ## Set up, and run the tests on all cores, in up to an hour (ARGS="-k rename" JOBS=0)
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

test-all: ## Run the tests on each of Python 3.11, 3.12 and 3.13 that is found
	@$(PYTHON) tests/all_pythons.py

screenshots: $(VENV)/test.stamp ## Take screenshots of terminal and page in every state, into screenshots/
	@$(BIN)/python -m tests.programs.screenshots
	@$(BIN)/python -m tests.gateways.web.screenshots

pictures: $(VENV)/test.stamp ## Take the pictures of the README again
	@$(BIN)/python -m docs.pictures.make

generated: $(VENV)/run.stamp ## Write the references of settings and metrics, the manual pages, and deploy/parlour.toml, again
	@$(BIN)/python -m docs.generated.make

stress: $(VENV)/dev.stamp ## Kill 200 servers, flood some, and simulate 1,000 runs (ARGS="--seeds 9 --rounds 2")
	@$(BIN)/python -B -m tests.stress $(ARGS)

soak: $(VENV)/dev.stamp ## Load a server with everything at once for MINUTES=10, and see whether it grows (ENGINE=threads)
	@$(BIN)/python -B -m tests.soak $(if $(MINUTES),--minutes $(MINUTES)) $(if $(ENGINE),--engine $(ENGINE)) $(ARGS)

chaos: $(VENV)/dev.stamp ## Break the connections between real programs in every way (ARGS="--rounds 1 --seed 7")
	@$(BIN)/python -B -m tests.chaos $(ARGS)

fuzz: $(VENV)/fuzz.stamp ## Fuzz everything that reads what strangers send, SECONDS=60 each (ARGS="--only hub")
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS) $(ARGS)

mutants: $(VENV)/test.stamp ## Plant mistakes in copies of the source, and require the tests to fail (JOBS=1 ARGS="--all")
	@$(BIN)/python -m tests.mutants --jobs $(JOBS) $(ARGS)

check: format lint types test ## Run everything that CI runs: format, lint, types, tests

format: $(VENV)/dev.stamp
	@$(BIN)/ruff format --check .

lint: $(VENV)/dev.stamp
	@$(BIN)/ruff check .

types: $(VENV)/test.stamp
	@$(BIN)/mypy

fix: $(VENV)/dev.stamp ## Format the code, and fix what the linter can fix
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/bench.stamp bench/build/load bench/build/loop ## Measure everything, and compare it with other servers, in half an hour (ARGS="--runs 3 --only saturated")
	@$(BIN)/python -m bench $(ARGS)

bench-quick: $(VENV)/run.stamp bench/build/load bench/build/loop ## Measure the cost of a delivered line, in a minute
	@$(BIN)/python -m bench --quick $(ARGS)

bench-profile: $(VENV)/bench.stamp bench/build/load bench/build/loop ## Profile the server (ARGS="--server async --work inbound")
	@$(BIN)/python -m bench.profiles $(ARGS)

bench-deps: ## Install the other servers to measure, as root
	@command -v apt-get >/dev/null || { echo "install $(PEERS) by hand: there is no apt-get here" >&2; exit 1; }
	@tests/install-packages.sh $(PEERS) strace libssl-dev openssl nginx-light libnginx-mod-stream

bench/build/load: $(wildcard bench/load/*.[ch])
	@mkdir -p bench/build
	@$(CC) -O2 -Wall -Wextra -o $@ $(filter %.c,$^) $(OPENSSL)

bench/build/loop: bench/loop.c
	@mkdir -p bench/build
	@$(CC) -O2 -Wall -Wextra -o $@ $<

lock: ## Pin the dependencies of pyproject.toml again
	@$(PYTHON) -m venv .lock && .lock/bin/pip install --quiet uv
	@.lock/bin/uv pip compile --quiet --universal --upgrade --generate-hashes --python-version 3.11 \
	  --no-header --no-emit-index-url --no-emit-find-links \
	  pyproject.toml --group build --output-file requirements/run.txt
	@.lock/bin/uv pip compile --quiet --universal --upgrade --generate-hashes --python-version 3.11 \
	  --no-header --no-emit-index-url --no-emit-find-links \
	  pyproject.toml --group dev --constraint requirements/run.txt --output-file requirements/dev.txt
	@.lock/bin/uv pip compile --quiet --universal --upgrade --generate-hashes --python-version 3.11 \
	  --no-header --no-emit-index-url --no-emit-find-links \
	  pyproject.toml --group browser --constraint requirements/dev.txt --output-file requirements/browser.txt
	@.lock/bin/uv pip compile --quiet --universal --upgrade --generate-hashes --python-version 3.11 \
	  --no-header --no-emit-index-url --no-emit-find-links \
	  pyproject.toml --group bench --constraint requirements/dev.txt --output-file requirements/bench.txt
	@.lock/bin/uv pip compile --quiet --universal --upgrade --generate-hashes --python-version 3.11 \
	  --no-header --no-emit-index-url --no-emit-find-links \
	  pyproject.toml --group fuzz --constraint requirements/dev.txt --output-file requirements/fuzz.txt

# Programs that tests use and only root can install, each with its Debian package.
SYSTEM := chromium:chromium tmux:tmux screen:screen nginx:nginx-light haproxy:haproxy faketime:faketime strace:strace openssl:openssl systemd-analyze:systemd groff:groff-base zsh:zsh fish:fish
FONTS  := fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji

system-deps: ## Install programs that tests use, as root: Chromium, fonts, proxies, tmux and others
	@missing=; for each in $(SYSTEM); do \
	  PATH="$$PATH:/usr/sbin" command -v $${each%%:*} >/dev/null || missing="$$missing $${each##*:}"; done; \
	[ -e /usr/include/openssl/ssl.h ] || missing="$$missing libssl-dev"; \
	[ -n "$$missing" ] || exit 0; \
	command -v apt-get >/dev/null || { echo "install by hand, there is no apt-get here:$$missing" >&2; exit 1; }; \
	tests/install-packages.sh $$missing $(FONTS)

dist: $(VENV)/run.stamp ## Build the wheel and the source distribution, into dist/
	@$(BIN)/python -m hatchling build --clean --target sdist --target wheel

clean: ## Remove everything that make created
	@rm -rf $(VENV) .venvs .lock build dist bench/build .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +

# The pinned requirements are installed first, by hash, and then the project itself,
# without its dependencies.
$(VENV)/run.stamp: pyproject.toml requirements/run.txt src/parlour/checkout.py $(if $(IS_STALE),stale)
	@$(PYTHON) -c 'import sys; sys.exit("Parlour needs Python 3.11 or newer, and $(PYTHON) is %d.%d" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo "setting up $(VENV) ..." >&2
	@$(if $(IS_STALE),rm -rf $(VENV))
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python src/parlour/checkout.py $(VENV) src
	@echo "$(SET_UP_FOR)" > $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# The tests of the page need a browser driver, if Chromium is installed.
$(VENV)/test.stamp: $(VENV)/dev.stamp $(if $(CHROMIUM),$(VENV)/browser.stamp)
	@touch $@

# The plotting library is large, and only `make bench` needs it.
$(VENV)/bench.stamp: $(VENV)/run.stamp requirements/bench.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

# Only `make fuzz` needs the engine.
$(VENV)/fuzz.stamp: $(VENV)/dev.stamp requirements/fuzz.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/fuzz.txt
	@touch $@

$(VENV)/browser.stamp: $(VENV)/dev.stamp requirements/browser.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/browser.txt
	@touch $@
