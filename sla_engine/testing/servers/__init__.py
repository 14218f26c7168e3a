"""Real servers on loopback that can be told to fail: for tests, for plugin authors, and for ``sla demo``."""
