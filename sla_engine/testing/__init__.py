"""The kit for plugin authors: a pytest plugin, a clock that goes when told to, and servers that fail on purpose."""
