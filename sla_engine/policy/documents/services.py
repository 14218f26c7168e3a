"""Services and their checks as they are written."""

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from sla_engine.model.duration import Duration
from sla_engine.model.service import UpWhen
from sla_engine.model.text import Text
from sla_engine.model.zone import Zone
from sla_engine.policy.values import CronText, Id, Raw


@frozen
class CheckTable:
    """One probe of a service; the keys beside these belong to the probe's plugin."""

    probe: str  # name under which a plugin registered the probe
    settings: Raw
    timeout: Duration = Duration(10_000_000)  # the deadline of one try
    retries: int = 0  # further tries inside the same run before it counts as down


@frozen
class ServiceTable:
    """Something that customers use, and the checks that tell how it is."""

    title: Text | None = None  # for people; one string, or one for each language
    every: Duration | None = None  # interval between two runs of its checks; default: 1m
    cron: CronText | None = None  # or the instants of a cron expression
    timezone: Zone | None = None  # of the cron expression
    up_when: UpWhen = "all"  # all, any or { at_least = 2 } of its checks, or of the services that it is composed of
    of: tuple[str, ...] = ()  # services that it is composed of: their states make its own, and it has no checks
    depends_on: tuple[str, ...] = ()  # services without which this one cannot be up
    severity: Literal["critical", "major", "minor"] = "major"  # how much it matters when it is down
    locations: tuple[str, ...] = ()  # where it is probed from; default: the engine itself
    agree: int | None = None  # how many locations must say down; default: a strict majority
    check: Mapping[Id, CheckTable] = field(factory=dict)  # its checks
