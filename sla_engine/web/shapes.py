"""What programs are answered with, for the description of the interface; `sla_engine.engine.tickets.shown` makes it."""

from typing import Any, TypedDict


class Problem(TypedDict, total=False):
    """Why something was not done; ``missing`` is what a level wants to know first."""

    error: str
    missing: list[str]


class FileShown(TypedDict):
    """An attachment."""

    id: int
    name: str
    type: str
    bytes: int
    sha256: str


class EntryShown(TypedDict, total=False):
    """Something that happened; customers are not told by whom, nor what was found."""

    at: str
    act: str
    level: str | None
    by: str | None
    text: str
    public: bool
    facts: dict[str, Any]
    files: list[FileShown]


class WarningShown(TypedDict):
    """When so much of the promised time is used up."""

    percent: int
    at: str


class ClockShown(TypedDict):
    """A response clock: what was promised, and how it stands; seconds of open time."""

    level: str
    within: str
    during: str
    started: str
    stopped: str | None
    due: str | None
    breached: str | None
    elapsed: float
    met: bool | None
    warnings: list[WarningShown]


class TicketShort(TypedDict):
    """A ticket in short; ``due`` is when the next answer falls due."""

    ticket: str
    subject: str
    customer: str | None
    sender: str | None
    language: str
    topic: str | None
    level: str
    team: str | None
    state: str
    opened: str
    last: str
    source: str
    due: str | None


class TicketShown(TicketShort):
    """A ticket with its clocks and everything that happened."""

    clocks: list[ClockShown]
    entries: list[EntryShown]


class TicketList(TypedDict):
    """Tickets, the newest first; ``next`` is what to ask for after them, or null at the end."""

    tickets: list[TicketShort]
    next: str | None
