"""Benchmarks against the naive pipeline, as ratios within one run on one machine."""
