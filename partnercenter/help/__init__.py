"""The help pages: topics, an entry for every code of a refusal, the figures that both name."""
