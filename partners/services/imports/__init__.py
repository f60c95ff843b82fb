"""Importing from CSV: the file, the pass over it, the kinds of rows, the work in the background."""
