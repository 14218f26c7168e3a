"""The shared HTTP client: a fresh connection a request, each phase timed, nothing that a server sends is trusted."""

from sla_engine.registry.http.client import GuardedClient
from sla_engine.registry.http.transport import HttpTransport

__all__ = ["GuardedClient", "HttpTransport"]
