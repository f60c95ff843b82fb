"""What the Makefile calls. `setup.py` runs on any Python; the rest runs in .venv with `-m`."""
