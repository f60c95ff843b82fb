"""The pages of what a partner holds."""
