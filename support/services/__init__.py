"""What can be done with support requests: one module per topic, verbs within."""
