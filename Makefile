# Palimpsest: `make run` from a fresh clone makes the report; `make help` lists the rest.
PACKAGES := libgit2-dev libopenblas-dev libcmark-dev libpcre2-dev libssl-dev libedit-dev pkg-config git
TEST_PACKAGES := chromium gnupg openssh-client
SWIFT_FLAGS := -c release
PALIMPSEST := .build/release/palimpsest

.PHONY: help setup setup-tests build run test fuzz site bench lint clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install the Debian packages that are missing
	@sh .ci/packages $(PACKAGES)

setup-tests: setup
	@sh .ci/packages $(TEST_PACKAGES)

build: setup ## Build the palimpsest command
	@swift build $(SWIFT_FLAGS) --product palimpsest

run: build ## Run every experiment, record the results, render the report
	@$(PALIMPSEST) run

site: build ## Render the report from the recorded results alone
	@$(PALIMPSEST) site

test: setup-tests ## Run every test
	@swift build $(SWIFT_FLAGS) --build-tests
	@swift test $(SWIFT_FLAGS) --disable-testable-imports --skip-build

fuzz: setup ## Look for inputs that break a parser: TARGET=gguf SECONDS=600
	@$(MAKE) -C Tests/Fuzzing

lint: ## Check the source's form
	@swift format lint --strict --recursive Sources Plugins Tests Package.swift

bench: setup ## Measure against the peers, side by side
	@$(MAKE) -C Benchmarks

clean: ## Remove what was built; results in git stay
	@rm -rf .build site/public
