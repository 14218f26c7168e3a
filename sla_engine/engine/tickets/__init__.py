"""Support: tickets, the acts of those who work on them, and the clocks that run upon them."""
