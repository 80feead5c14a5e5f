# make          lists the targets
# make check    is what a change must pass; .ci/run does the same
SHELL := /bin/bash
.DEFAULT_GOAL := help

# The tools have a module file of their own, so that none of their dependencies
# becomes one of the product's. The first use builds them, which takes minutes.
TOOL := go tool -modfile=.tools/go.mod

# The folders that have benchmarks.
BENCH = $(sort $(dir $(shell grep -rls --include='*_test.go' '^func Benchmark' ./bot ./adapters ./schedules ./cmd)))

.PHONY: help check fmt format vet lint test bench bench-platforms soak generate

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

check: format vet lint test ## everything a change must pass, the quick things first

fmt: ## format every Go file
	$(TOOL) gofumpt -l -w .

format: ## fail with the list of files that fmt would change
	@list=$$($(TOOL) gofumpt -l .) || exit 1; \
	if [ -n "$$list" ]; then printf 'not formatted (make fmt):\n%s\n' "$$list"; exit 1; fi

vet: ## go vet
	go vet ./...

lint: ## the linters of .golangci.yml
	$(TOOL) golangci-lint run ./...

test: ## every test, with the race detector, in a new order each time
	go test -race -shuffle=on -timeout 15m ./...

bench: ## every benchmark
	@if [ -z "$(BENCH)" ]; then echo 'no benchmarks yet'; else set -x; go test -run '^$$' -bench . -benchmem -timeout 60m $(BENCH); fi

bench-platforms: ## the same bot on other libraries beside ours: the tables of docs/performance.md
	COHORTBOT_BENCH_PLATFORMS=5 go test -v -run TestTheSameBot -count=1 -timeout 90m ./cmd/cohortbot

soak: ## kill and restart the program for a long time
	COHORTBOT_SOAK=1 go test -race -run Crash -timeout 60m ./cmd/...

generate: ## write again what is made from the code: references, schemas
	go generate ./...
