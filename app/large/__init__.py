"""One larger network for two tasks: it scores sentences as the reader does, and pairs as the entailment model does."""
