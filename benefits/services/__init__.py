"""What can be done with a partner's benefits: one module per topic, verbs within."""
