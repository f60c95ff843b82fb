"""What an import is: its columns, how cells are read, what may be wrong, and its tables."""
