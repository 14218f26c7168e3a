"""The engine's own settings as they are written."""

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from sla_engine.model.duration import Duration
from sla_engine.policy.documents.support import DeskTable
from sla_engine.policy.documents.telling import LimitTable


@frozen
class Targets:
    """Which addresses probes may reach, beyond the rules that always hold."""

    allow: tuple[str, ...] = ()  # host patterns or networks; empty allows all
    deny: tuple[str, ...] = ()  # the same, and stronger


@frozen
class ControlTable:
    """What always answers, asked where nothing was heard of a target: if none does, the monitor itself is cut off."""

    resolve: tuple[str, ...] = ()  # host names that resolve, such as one.one.one.one
    connect: tuple[str, ...] = ()  # hosts and ports that accept a connection, such as 1.1.1.1:443


@frozen
class LimitsTable:
    """Limits on messages whatever notifier sends them, beside those of each notifier."""

    recipient: LimitTable | None = LimitTable(60, Duration(3_600_000_000))  # to one recipient by one notifier
    customer: LimitTable | None = None  # about one customer; default: no limit


@frozen
class PingTable:
    """A dead man's switch elsewhere: an address that is asked while all is well, so that silence tells of our end."""

    url: str  # address that expects us, such as that of a check at a Healthchecks server
    every: Duration = Duration(60_000_000)  # how often it is asked


@frozen
class KeepTable:
    """How long the store keeps what nothing is judged or decided by; everything else it keeps for ever."""

    messages: Duration = Duration(34_560_000_000_000)  # the words of a message, from when it was settled
    files: Duration | None = None  # files, from when anything last happened to their ticket; default: for ever


@frozen
class EngineTable:
    """The engine's own settings."""

    store: str = "sqlite:///var/sla.db"  # sqlite:///path or postgresql://...
    listen: str = "127.0.0.1:8080"  # address of the web
    freeze_after: Duration = Duration(3_600_000_000)  # how long the report of an ended period waits for late results
    targets: Targets = Targets()  # addresses that probes may reach
    limits: LimitsTable = LimitsTable()  # most messages to one recipient, or about one customer
    control: ControlTable = ControlTable()  # what is asked before a target that was not heard of counts as down
    desk: DeskTable = DeskTable()  # support as this engine keeps it
    keep: KeepTable = KeepTable()  # how long what may be pruned is kept
    ping: PingTable | None = None  # who notices when the engine is no more
    lint: Mapping[str, Literal["off", "warning", "error"]] = field(factory=dict)  # what a warning is here, by its code
