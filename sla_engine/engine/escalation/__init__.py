"""Escalation: who is to be told of what, when, by whom, and who is on call by then."""

from sla_engine.engine.escalation.routing import (
    Route,
    ancestors,
    routes_of_budgets,
    routes_of_certificates,
    routes_of_incidents,
    routes_of_the_engine,
)

__all__ = [
    "Route",
    "ancestors",
    "routes_of_budgets",
    "routes_of_certificates",
    "routes_of_incidents",
    "routes_of_the_engine",
]
