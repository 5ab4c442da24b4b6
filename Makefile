# The verbs of this project, the same for people and for CI. `make` alone lists them.

.DEFAULT_GOAL := help
.PHONY: help demo test check wasm bench bench-remote fuzz

help:
	@echo "make demo    build all, simulate a few genomes, compress them, serve the page and print its address"
	@echo "make test    every test there is, the browser's included"
	@echo "make check   formatting, lints, docs and types, on native and wasm32, warnings denied"
	@echo "make wasm    the web page and its wasm module, as plain files in www/dist"
	@echo "make bench   docs/BENCHMARKS.md: size, time, memory; beside the C++ tool when AGC names it"
	@echo "make bench-remote    what reading an archive over a network takes: requests, bytes, time"
	@echo "make fuzz    look for inputs that break the reader (FUZZ_SECONDS a target, 600)"

demo test check wasm bench bench-remote fuzz:
	@bash scripts/$@.sh
