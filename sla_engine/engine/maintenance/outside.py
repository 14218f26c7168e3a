"""Announcements that people made outside the engine, such as by letter: entered with who says so, and kept for ever."""

from collections.abc import Iterator

from attrs import frozen

from sla_engine.engine.exclusions import check_frozen
from sla_engine.engine.maintenance.occurrences import known_occurrences
from sla_engine.model.instant import Instant, format_instant
from sla_engine.model.interval import Interval
from sla_engine.policy import PolicySet
from sla_engine.store import Act, Store


class AnnouncementError(ValueError):
    """An announcement cannot be entered; the message says why and what to do."""


@frozen
class Claim:
    """Somebody says that a window was announced outside the engine.

    Attributes:
        services: those that were said to be touched.
        at: when it was announced.
        channel: how, or None where nobody said so.
    """

    maintenance: str
    window: Interval
    services: tuple[str, ...]
    at: Instant
    channel: str | None

    def is_about(self, maintenance: str, service: str, part: Interval, start: Instant) -> bool:
        """Whether it announces a part of a window that begins at ``start``, for a service."""
        same = self.maintenance == maintenance and self.window.start == start
        return same and service in self.services and part.end <= self.window.end


def claims_on_record(store: Store) -> Iterator[Claim]:
    """Every announcement that a person entered."""
    for act in store.acts():
        if act.kind == "announce":
            what = act.what
            window = Interval(what["start"], what["end"])
            yield Claim(what["maintenance"], window, tuple(what["services"]), what["at"], what["by"])


def announce_outside(
    policies: PolicySet,
    store: Store,
    maintenance: str,
    window: Interval,
    *,
    at: Instant,
    channel: str,
    who: str,
    reason: str,
    now: Instant,
    is_correction: bool = False,
) -> Claim:
    """Enter that a window of a maintenance was announced outside the engine.

    Args:
        window: as it is planned.
        at: when it was announced.
        reason: what proves it, such as the number of a letter.
        is_correction: the window may lie in a period whose report is frozen; that report stays as it is.

    Raises:
        AnnouncementError: there is no such maintenance or window, the instant has not come yet, or a name is missing.
        ExclusionError: a report that the window touches is frozen.
    """
    services = _services(policies, store, maintenance, window)
    if at > now:
        raise AnnouncementError(f"{format_instant(at)} has not come yet: what is announced then is entered then")
    if not who.strip() or not channel.strip():
        raise AnnouncementError("say who enters this, and by which channel it was announced")
    if not is_correction:
        check_frozen(store, services, window)
    what = {
        "maintenance": maintenance,
        "start": window.start,
        "end": window.end,
        "services": services,
        "at": at,
        "by": channel.strip(),
    }
    store.enter(Act(now, who.strip(), "announce", what, reason.strip()))
    return Claim(maintenance, window, services, at, channel.strip())


def _services(policies: PolicySet, store: Store, maintenance: str, window: Interval) -> tuple[str, ...]:
    """What a window touches, by what is on record of it or by the policies."""
    for one in known_occurrences(store, window.start):
        if one.latest.maintenance == maintenance and one.window == window and not one.is_cancelled:
            return one.latest.services
    for planned in policies.maintenance_windows(*window):
        if planned.id == maintenance and planned.window == window:
            return planned.services
    span = " to ".join(map(format_instant, window))
    raise AnnouncementError(f"maintenance {maintenance!r} does not take place from {span}, or is a draft")
