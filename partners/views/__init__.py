"""Pages of the account itself, by topic."""
