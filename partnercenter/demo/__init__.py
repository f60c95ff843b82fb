"""The demo world: partners in every state, with the accounts to see them by."""
