"""The documentation's page on how good askpost is, written from a stored run: `python -m eval.docs`."""
