"""The REST API of what incidents are spent on: products, the check, requests, the look-up."""
