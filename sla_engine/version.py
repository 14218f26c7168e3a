"""The version of the distribution, read by the build and by ``sla --version``."""

__version__ = "0.1.0"
