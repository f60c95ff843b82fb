"""The REST API of what a partner holds: entitlements, benefits, contracts."""
