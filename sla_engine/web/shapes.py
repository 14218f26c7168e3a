"""What programs are answered with, for the description of the interface; `sla_engine.engine.tickets.shown` makes it."""

from typing import Any, NotRequired, TypedDict


class Problem(TypedDict):
    """Why something was not done (RFC 9457); ``error`` says the same as ``detail``.

    ``missing`` is what a level wants to know first.
    """

    type: str
    title: str
    status: int
    detail: str
    error: str
    missing: NotRequired[list[str]]


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
    """A ticket in short: when the next answer falls due, and when the customer wrote, if that was after the answer."""

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
    wrote: str | None


class TicketShown(TicketShort):
    """A ticket with its clocks and everything that happened."""

    clocks: list[ClockShown]
    entries: list[EntryShown]


class TicketList(TypedDict):
    """Tickets, the newest first; ``next`` is what to ask for after them, or null at the end."""

    tickets: list[TicketShort]
    next: str | None


class CheckShown(TypedDict):
    """The newest result of a check; agents are told why it is not up."""

    check: str
    location: str
    state: str
    at: str | None
    ms: float | None
    reason: str | None


class ServiceShown(TypedDict):
    """A service now; ``of`` names the services that it is composed of."""

    service: str
    title: str
    state: str
    since: str | None
    reason: str | None
    of: list[str]
    checks: list[CheckShown]


class TakenShown(TypedDict):
    """Since when somebody has an incident in hand; agents are told who."""

    by: str | None
    at: str


class IncidentShown(TypedDict):
    """An incident that is open."""

    incident: int
    service: str
    title: str
    state: str
    since: str
    acknowledged: TakenShown | None


class PeriodShown(TypedDict):
    """A period of an agreement."""

    start: str
    end: str
    timezone: str


class ObjectiveShown(TypedDict):
    """A promise in the running period, with percentages as text and seconds; and how its error budget burns."""

    service: str
    target: str
    measured: str | None
    coverage: str | None
    verdict: str
    budget: float
    budget_left: float


class AgreementShown(TypedDict):
    """An agreement in its running period."""

    agreement: str
    customer: str | None
    title: str
    period: PeriodShown
    availability: list[ObjectiveShown]


class StatusShown(TypedDict):
    """How things stand."""

    at: str
    policy_hash: str
    overall: str
    services: list[ServiceShown]
    incidents: list[IncidentShown]
    agreements: list[AgreementShown]


class WindowShown(TypedDict):
    """From when until when."""

    starts: str
    ends: str


class NamedService(TypedDict):
    """A service by its id, and as people call it."""

    id: str
    title: str


class AnnouncementShown(WindowShown):
    """Maintenance that is ``planned``, ``in_progress`` or ``cancelled``; ``was`` is its time before it was moved."""

    id: str
    maintenance: str
    sequence: int
    state: str
    label: str
    title: str
    message: str | None
    services: list[NamedService]
    was: WindowShown | None
    announced: str
    changed: str


class AnnouncementsShown(TypedDict):
    """What customers should know today, in one language; ``labels`` are words for whoever shows it."""

    version: int
    language: str
    labels: dict[str, str]
    announcements: list[AnnouncementShown]
