"""Signed webhooks: the ``webhook`` notifier."""
