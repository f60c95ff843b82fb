"""What can be done with who works here: one module per topic, verbs within."""
