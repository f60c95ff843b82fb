"""The ground of the REST API: strict input, problem documents, collections, its description."""
