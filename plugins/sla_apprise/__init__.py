"""More than a hundred messengers by one library: the ``apprise`` notifier."""
