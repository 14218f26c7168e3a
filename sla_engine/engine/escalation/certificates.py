"""Telling of certificates that end: from so long before on as the escalation says, until another one is seen."""

from collections.abc import Mapping, Sequence

from sla_engine.engine.escalation.routing import Route, routes_of_certificates
from sla_engine.engine.escalation.telling import Abouts, Matter, Telling, tell, together
from sla_engine.model.duration import Duration
from sla_engine.model.instant import DAY, HOUR, Instant, to_datetime
from sla_engine.model.service import Check
from sla_engine.policy import PolicySet
from sla_engine.store.outbox import Notice

ROOT = "certificate"
"""The first part of the threads."""
_ABOUTS = Abouts("certificate", "certificate", None)
_SAME = HOUR
"""Ends that lie less than this apart are one: probes tell how long it is until then, and not when that is."""


def tell_certificates(
    ends: Mapping[str, Instant], told: Sequence[Notice], now: Instant, policies: PolicySet
) -> Telling:
    """Whom the escalations have to tell of certificates.

    Args:
        ends: when the certificate ends that was seen last, by check.
        told: the notices of such threads that are on record.
    """
    return together(
        tell(
            _matter(check, ends[check.id], route, route.table.on.certificate, told, now, policies),
            route,
            told,
            now,
            policies,
        )
        for service in policies.services.values()
        for check in service.checks
        if check.id in ends
        for route in routes_of_certificates(service.id, policies)
        if route.table.on.certificate is not None
    )


def _matter(
    check: Check,
    ends_at: Instant,
    route: Route,
    ahead: Duration,
    told: Sequence[Notice],
    now: Instant,
    policies: PolicySet,
) -> Matter:
    service = policies.services[check.service]
    own = f"{ROOT}/{check.id}/{route.escalation}"
    known = next((one for one in reversed(told) if _is_about(one, own, ends_at)), None)
    ends_at = ends_at if known is None else known.facts["expires_at"]
    facts = {
        "service": service.id,
        "title": dict(service.title.translations),
        "check": check.id,
        "expires_at": ends_at,
        "days": (ends_at - now) // DAY,
    }
    thread = f"{own}/{to_datetime(ends_at).date()}"
    return Matter(thread, _ABOUTS, facts, service.severity, opened_at=ends_at - ahead.microseconds, closed_at=None)


def _is_about(notice: Notice, own: str, ends_at: Instant) -> bool:
    return notice.thread.startswith(f"{own}/") and abs(notice.facts["expires_at"] - ends_at) < _SAME
