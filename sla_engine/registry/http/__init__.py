"""The shared HTTP client: each phase is timed, and nothing that a server sends is trusted."""

from sla_engine.registry.http.client import GuardedClient
from sla_engine.registry.http.session import Session
from sla_engine.registry.http.transport import HttpTransport

__all__ = ["GuardedClient", "HttpTransport", "Session"]
