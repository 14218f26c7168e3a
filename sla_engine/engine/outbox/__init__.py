"""The outbox at work: notices become messages, which are sent until it is known what became of them."""
