"""Time that people take out of the agreed time: entered with a reason, and taken back only by a further entry."""

import json
from collections.abc import Iterable, Sequence

from attrs import frozen

from sla_engine.model.instant import Instant, format_instant
from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Exclusion
from sla_engine.policy import PolicySet
from sla_engine.store import Act, FrozenReport, Store


class ExclusionError(ValueError):
    """An exclusion cannot be entered or taken back; the message says why and what to do."""


@frozen
class Entry:
    """An exclusion as the audit log has it.

    Attributes:
        act: by which it was entered.
        revoked: by which it was taken back, or None where it holds.
    """

    exclusion: Exclusion
    act: Act
    revoked: Act | None


def entries(store: Store) -> list[Entry]:
    """Every exclusion that was ever entered, the oldest entry first."""
    acts = store.acts()
    revocations = {act.what["exclusion"]: act for act in acts if act.kind == "revoke"}
    return [
        Entry(exclusion, act, revocations.get(exclusion.id))
        for act in acts
        if act.kind == "exclude"
        for exclusion in [_exclusion(act)]
    ]


def exclusions_within(store: Store, start: Instant, end: Instant) -> list[Exclusion]:
    """The exclusions that hold and touch ``[start, end)``."""
    return [
        entry.exclusion
        for entry in entries(store)
        if entry.revoked is None and entry.exclusion.window.start < end and entry.exclusion.window.end > start
    ]


def exclude(
    policies: PolicySet,
    store: Store,
    service: str,
    window: Interval,
    *,
    reason: str,
    who: str,
    now: Instant,
    is_correction: bool = False,
) -> Exclusion:
    """Take time out of the agreed time of a service.

    Args:
        is_correction: the window may lie in a period whose report is frozen; that report stays as it is.

    Raises:
        ExclusionError: the service is unknown, the window is empty, a reason or a name is missing, or a report that
            the window touches is frozen.
    """
    if service not in policies.services:
        raise ExclusionError(f"there is no service {service!r}; there is {', '.join(policies.services) or 'none'}")
    if window.end <= window.start:
        raise ExclusionError(
            f"{format_instant(window.end)} is not after {format_instant(window.start)}: give the start first"
        )
    _check_words(reason, who)
    if not is_correction:
        check_frozen(store, [service], window)
    what = {"services": [service], "start": window.start, "end": window.end}
    return _exclusion(store.enter(Act(now, who.strip(), "exclude", what, reason.strip())))


def revoke(
    store: Store, exclusion_id: str, *, reason: str, who: str, now: Instant, is_correction: bool = False
) -> Exclusion:
    """Take an exclusion back, so that it counts no more; both entries stay.

    Raises:
        ExclusionError: there is none of that id, it is taken back already, a reason or a name is missing, or a report
            that it touches is frozen.
    """
    known = {entry.exclusion.id: entry for entry in entries(store)}
    entry = known.get(exclusion_id)
    if entry is None:
        raise ExclusionError(f"there is no exclusion {exclusion_id!r}; there is {', '.join(known) or 'none'}")
    if entry.revoked is not None:
        by = f"{entry.revoked.who} on {format_instant(entry.revoked.at)}"
        raise ExclusionError(f"{exclusion_id} is taken back already, by {by}: {entry.revoked.reason}")
    _check_words(reason, who)
    if not is_correction:
        check_frozen(store, entry.exclusion.services, entry.exclusion.window)
    store.enter(Act(now, who.strip(), "revoke", {"exclusion": exclusion_id}, reason.strip()))
    return entry.exclusion


def _exclusion(act: Act) -> Exclusion:
    window = Interval(act.what["start"], act.what["end"])
    return Exclusion(f"X-{act.id}", tuple(act.what["services"]), window, act.reason, act.who)


def _check_words(reason: str, who: str) -> None:
    if not reason.strip():
        raise ExclusionError("give a reason: it is kept for ever and stands in the reports")
    if not who.strip():
        raise ExclusionError("say who enters this")


def check_frozen(store: Store, services: Sequence[str], window: Interval) -> None:
    """Refuse to touch a period whose report is frozen.

    Raises:
        ExclusionError: there is one.
    """
    touched = [
        f"{report.holder} {report.label}"
        for report in store.frozen_within(*window)
        if report.revision == 1 and not set(services).isdisjoint(_promised(report))
    ]
    if touched:
        raise ExclusionError(
            f"the report of {', '.join(touched)} is frozen and stays as it is: add --correction, and then make its "
            "next revision with `sla report --correct`"
        )


def _promised(report: FrozenReport) -> Iterable[str]:
    """The services that a report is about."""
    verdict = json.loads(report.verdict)
    return [objective["service"] for kind in ("availability", "latency") for objective in verdict[kind]]
