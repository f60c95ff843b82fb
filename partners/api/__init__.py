"""The REST API of companies."""
