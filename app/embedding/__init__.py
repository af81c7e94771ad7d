"""How the default embedding model is trained; the model itself is in `index/model`."""
