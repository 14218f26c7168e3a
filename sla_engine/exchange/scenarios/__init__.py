"""The policies' own scenarios: what would happen, and what the contracts and the escalations make of it."""
