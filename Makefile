# make chat   set up, build the index, open the chat        make test   set up, run every test
# Set-up is resumable: what is done is not done again.

.DEFAULT_GOAL := help
.PHONY: help setup chat test test-fast eval index lint types bench peers figures browser screenshots clean

ASKPOST := .venv/bin/askpost
PORT ?= 8501

help:            ## Show what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup:           ## Create .venv with everything askpost needs
	@.ci/setup

index: setup     ## Build the index of the bundled post
	@$(ASKPOST) index

chat: index      ## Open the chat in the browser (PORT=8501)
	@$(ASKPOST) chat --port $(PORT)

test: setup browser ## Run every test, the browser's included
	@.venv/bin/python -m pytest

test-fast: setup ## Run the tests that need no browser
	@.venv/bin/python -m pytest -m "not browser"

eval: index      ## Score askpost on the fixed question set beside a naive pipeline
	@$(ASKPOST) eval

bench: index     ## Measure everything against the naive pipeline, write docs/bench.md
	@.venv/bin/python -m eval.bench

peers: setup     ## Install txtai and Haystack, to be evaluated beside askpost
	@.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[peers]'

figures: index   ## Run the evaluation and write its figures into the docs
	@.venv/bin/python -m eval.docs

lint: setup      ## Check style
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .

types: setup     ## Check types
	@.venv/bin/mypy

browser: setup   ## Find a browser for the tests, or install one
	@.ci/browser

screenshots: index browser ## Take the README's screenshots from the running app
	@.venv/bin/python -m tests.web.screenshots

clean:           ## Remove what set-up and builds made
	rm -rf .venv .askpost .askpost-sets artifacts .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
