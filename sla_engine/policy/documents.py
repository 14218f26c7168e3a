"""The kinds of table that a policy file may hold, as they are written.

A field is a key; ``None`` means that the key is not there. What the keys mean is said beside them, and these comments
are the texts of the schema.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from attrs import field, frozen

from sla_engine.model.burn import BurnRule
from sla_engine.model.credit import Cap, Grant
from sla_engine.model.duration import Duration, Within
from sla_engine.model.money import Money
from sla_engine.model.percent import Percent
from sla_engine.model.service import StaleAfter, UpWhen
from sla_engine.model.text import Text
from sla_engine.model.zone import Zone
from sla_engine.plugin.fields import Secret
from sla_engine.policy.values import CronText, DateRange, Id, Raw, ServiceList, Unlimited, WallTime, Weekdays, Windows


@frozen
class CalendarTable:
    """Opening hours: weekly windows in a zone, less holidays and closed dates; or a sum of other calendars."""

    timezone: Zone | None = (
        None  # fixed offset such as GMT+1, or an IANA name; a composition's is that of its first member
    )
    hours: Mapping[Weekdays, Windows] = field(factory=dict)  # windows by day, as in hours.mon-fri = "08:00-17:00"
    holidays: tuple[str, ...] = ()  # regions whose public holidays are closed, such as FR or US-CA
    closed: tuple[DateRange, ...] = ()  # dates that are closed from 00:00 to 24:00
    open: Mapping[DateRange, Windows] = field(factory=dict)  # dates with windows of their own, even on a holiday
    confirmed: bool = False  # says that a long window across midnight is meant
    any_of: tuple[str, ...] = ()  # calendars of which one must be open
    all_of: tuple[str, ...] = ()  # calendars that must all be open
    except_: tuple[str, ...] = ()  # calendars whose open time is taken away


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


@frozen
class AvailabilityTable:
    """A share of the agreed time for which a service shall be up."""

    target: Percent | None = None  # reaching it exactly meets it
    during: str | None = None  # calendar of the agreed service time; default: always


@frozen
class LatencyTable:
    """A share of a service's checks that shall answer in less than a bound."""

    target: Percent | None = None  # share of the checks
    under: Duration | None = None  # bound
    during: str | None = None  # calendar of the agreed service time; default: always


@frozen
class ResponseTable:
    """The time within which a customer shall be answered."""

    within: Within | None = None  # open time, or business days such as 5bd
    during: str | None = None  # calendar on which it runs; default: always
    target: Percent | None = None  # share of the clocks that must keep it; default: 100%
    business_days: Literal["same-time", "end-of-day"] | None = None  # what 5bd means


@frozen
class CreditTable:
    """What is given back when availability falls below a bound."""

    below: Percent  # bound
    credit: Grant  # share of the fee, or days of service such as 3d
    services: ServiceList = None  # those whose availability it is about, or "all"


@frozen
class CreditsTable:
    """How what the tiers grant becomes one credit: the worst tier of each service, then the minimum, then the cap."""

    combine: Literal["worst", "sum"] | None = None  # largest of the services' credits, or all added; default: worst
    share: Mapping[str, Percent] | None = None  # how much of the fee is each service's; default: a credit is of all
    minimum: Money | None = None  # a smaller credit is not given
    cap: Cap | None = None  # most that a period gives back: a share of the fee, money or days; default: the whole fee


@frozen
class ClauseTable:
    """A text of the agreement that is printed and not judged."""

    text: Text  # in one or several languages
    title: Text | None = None  # for people


@frozen
class Terms:
    """What an SLA promises, a customer's contract changes, and an amendment changes again."""

    availability: Mapping[str, AvailabilityTable] = field(factory=dict)  # by service
    latency: Mapping[str, LatencyTable] = field(factory=dict)  # by service
    response: Mapping[str, ResponseTable] = field(factory=dict)  # by support level
    credit: tuple[CreditTable, ...] | None = None  # tiers; a contract's own replace those it inherits
    credits: CreditsTable = CreditsTable()  # how what the tiers grant becomes one credit
    clause: Mapping[str, ClauseTable] = field(factory=dict)  # by id
    title: Text | None = None  # for people
    timezone: Zone | None = None  # in which its periods begin and end
    period: Literal["week", "month", "quarter", "year"] | None = None  # over what it is judged
    anchor: date | None = None  # a date on which a period begins, such as the 16th of a month
    rolling: Duration | None = None  # or the length of time that ended just now
    accounting: str | None = None  # profile by which it is judged
    fee: Money | None = None  # per period


@frozen
class SlaTable(Terms):
    """An agreement that holds for everybody, and that dedicated contracts start from."""

    since: date | None = None  # first day it stands
    until: date | None = None  # first day it does not


@frozen
class Amendment(Terms):
    """Terms that hold from a date on; the time before keeps its own."""

    from_: date = field(kw_only=True)  # first day


@frozen
class CustomerTable(Terms):
    """A customer with a dedicated contract: what is not said here comes from the SLA that it names."""

    name: str | None = None  # as in correspondence
    number: str | None = None  # customer number
    contacts: tuple[str, ...] = ()  # e-mail addresses
    language: Literal["en", "pt", "es", "fr", "de"] = "en"  # in which the customer is written to
    sla: str | None = None  # the SLA that the contract starts from
    incident_tickets: bool = False  # whether an incident of a service in the contract opens a ticket
    since: date | None = None  # first day it stands
    until: date | None = None  # first day it does not
    amendment: tuple[Amendment, ...] = ()  # later changes
    service: Mapping[Id, ServiceTable] = field(factory=dict)  # own infrastructure, known elsewhere as customer/service


@frozen
class AccountingTable:
    """Every choice that can flip a verdict."""

    measure: Literal["time", "checks", "slots"] = "time"  # what is counted
    slot: Duration = Duration(300_000_000)  # length of a slot, where slots are measured
    slot_errors: Percent | None = (
        None  # share of bad checks above which a slot is bad as a whole; default: by its share
    )
    slot_checks: int = 1  # checks that a slot needs for any of them to count as bad
    min_outage: Duration = Duration(0)  # shorter outages are real but not counted
    unknown: Literal["exclude", "up", "down"] = "exclude"  # what unknown time does to the ratio
    stale_after: StaleAfter | None = None  # how long a result speaks for, in intervals; default: 2x
    maintenance: Literal["exclude", "credit", "count"] = "exclude"  # shrinks the agreed time, counts as up, or counts
    maintenance_notice: Duration = Duration(0)  # announced later than this before its start, maintenance counts
    maintenance_cap: Duration | Unlimited = field(factory=Unlimited)  # most that may be excluded in a period, or "none"
    maintenance_channels: tuple[str, ...] = ()  # announced by none of these, maintenance counts; default: by any


@frozen
class AnnouncementTable:
    """When maintenance was announced outside the engine, and how."""

    at: datetime  # when, with an offset
    by: str | None = None  # channel, such as email, in-app or post


@frozen
class MaintenanceTable:
    """Maintenance, once or on a schedule."""

    services: ServiceList  # those it touches, or "all"
    lasts: Duration  # how long
    starts: datetime | None = None  # when, with an offset
    cron: CronText | None = None  # or on which schedule
    timezone: Zone | None = None  # of the cron expression
    title: Text | None = None  # for customers, on one line; default: the message
    message: Text | None = None  # for customers
    draft: bool = False  # planned only: told to nobody, and counts as nothing
    cancelled: bool = False  # does not take place after all, which whoever was told of it is told
    announce: tuple[str, ...] = ()  # notifiers that tell customers; in-app is the banner in the online application
    customers: ServiceList = None  # customers who are told, or "all" whose contracts have a service that it touches
    announce_ahead: Duration | None = None  # how long before its start they are; default: at once, 7d where it recurs
    reminders: tuple[Duration, ...] = ()  # how long before its start they are reminded, such as ["24h", "1h"]
    announced: AnnouncementTable | None = None  # when it was announced outside the engine; a time, or { at, by }


@frozen
class SupportTable:
    """A support level."""

    title: Text | None = None  # for people
    channels: tuple[str, ...] = ()  # ways to reach it
    languages: tuple[str, ...] = ()  # spoken
    escalates_to: tuple[str, ...] = ()  # levels it hands on to
    requires: tuple[str, ...] = ()  # what a ticket must have to reach it
    requires_for: Mapping[str, tuple[str, ...]] = field(factory=dict)  # the same, by topic
    teams: Mapping[str, str] = field(factory=dict)  # who takes it, by topic


@frozen
class LimitTable:
    """The most messages in a length of time; what is over it waits, and is told together."""

    messages: int  # how many at once, and in that time
    every: Duration  # length of time in which they come back


@frozen
class SpendTable:
    """The most money in a length of time; what is over it waits, and is told together."""

    at_most: Money  # how much at once, and in that time
    every: Duration  # length of time in which it comes back


@frozen
class NotifierTable:
    """A way to reach people; the keys beside these belong to the notifier's plugin."""

    via: str  # name under which a plugin registered the notifier
    settings: Raw
    during: str | None = None  # calendar outside of which messages wait until it opens; default: always
    language: Literal["en", "pt", "es", "fr", "de"] = "en"  # in which its people are told
    gather: Duration = Duration(60_000_000)  # after a message, how long what follows for the same person is gathered
    limit: LimitTable | None = None  # most messages that it sends; default: no limit
    price: Money | None = None  # of a message, or of each of the parts that it takes
    spend: SpendTable | None = None  # most that its messages may cost; needs a price
    on_uncertain: Literal["resend", "hold"] | None = (
        None  # answer lost: send again by the same key, or wait for a person; default: resend critical and major ones
    )


@frozen
class TicketSourceTable:
    """A help desk that exists already, the clocks of whose tickets are kept here; the other keys are its plugin's."""

    via: str  # name under which a plugin registered the ticket source
    settings: Raw
    every: Duration = Duration(60_000_000)  # how often it is asked what is new, at least 10s
    levels: Mapping[str, str] = field(factory=dict)  # support level by what the help desk calls it, as by its groups
    customers: Mapping[str, str] = field(factory=dict)  # customer by what the help desk calls them


@frozen
class OverrideTable:
    """Somebody stands in: who is on call instead, from one moment until another."""

    from_: WallTime  # from when, as clocks of the rotation's zone show it
    until: WallTime  # until when
    notify: str  # notifier of whoever stands in


@frozen
class RotationTable:
    """Who is on call, in turns; steps of escalations name it as they name a notifier."""

    of: tuple[str, ...]  # notifiers, in the order of their turns
    from_: WallTime  # when a turn of the first begins, as clocks of the zone show it
    every: Duration = Duration(604_800_000_000)  # length of a turn by the clock on the wall, at least 1h; default: 7d
    timezone: Zone | None = None  # of its wall times; default: UTC
    during: str | None = None  # calendar outside of which messages wait until it opens; default: always
    override: tuple[OverrideTable, ...] = ()  # who stands in for whom


@frozen
class BurnTable(BurnRule):
    """An error budget that burns too fast: a long and a short window both use it up at the rate of that share."""


@frozen
class Trigger:
    """What an escalation is about: a state of services, budgets that burn, certificates, the engine, or support."""

    services: ServiceList = None  # services, or "all"
    severities: tuple[Literal["critical", "major", "minor"], ...] = ()  # only services that matter so; default: any
    customers: tuple[str, ...] = ()  # only services of these customers, their own or in their contracts; default: any
    state: Literal["down", "degraded"] = "down"  # state that starts it
    burn: tuple[BurnTable, ...] = ()  # or error budgets that burn too fast, of every agreement upon these services
    certificate: Duration | None = None  # or certificates that end within so much time, such as 14d
    engine: bool = False  # or the engine's own trouble, such as being cut off
    levels: tuple[str, ...] = ()  # or answers of these support levels that fall due

    @property
    def is_about_states(self) -> bool:
        """Whether it is about services that are down or degraded."""
        return not self.burn and self.certificate is None and not self.engine and not self.levels

    def concerns(self, service: str, severity: str) -> bool:
        """Whether it is about a service that matters so, whatever of it."""
        return (self.services is None or service in self.services) and (
            not self.severities or severity in self.severities
        )


@frozen
class Step:
    """Who is told, and when."""

    notify: tuple[str, ...]  # notifiers, and rotations, whose notifier is the one on call
    after: Duration = Duration(0)  # since the incident was opened
    at: Literal["50%", "75%", "90%"] | None = None  # with on.levels: how much of the time is used up; default: all


@frozen
class EscalationTable:
    """Who is told of an incident."""

    on: Trigger  # what it is about
    step: tuple[Step, ...]  # in order of time
    confirm: int = 1  # consecutive down results before an incident opens
    recover: int = 1  # consecutive up results before it closes
    repeat: Duration | None = None  # how often the last step is repeated


@frozen
class TextTable:
    """Words of one's own for a message; {name} stands for what docs/messages.md lists, {{ and }} for braces."""

    subject: Text | None = None  # one line; what is not said here, or not in a language, stays the engine's own
    text: Text | None = None  # all that follows the subject, as plain text
    short: Text | None = None  # for channels that count characters, such as SMS


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
class MailboxTable:
    """A mailbox over IMAP that customers' mails are fetched from."""

    server: str  # imaps://host:port, or imap://host:port
    username: str  # logs in
    password: Secret  # with what
    folder: str = "INBOX"  # that is looked into
    every: Duration = Duration(60_000_000)  # how often it is looked into
    tls: Literal["none", "starttls"] = "starttls"  # over imap://; never falls back to clear text
    ca_file: str | None = None  # certificates to trust instead of the system's (PEM)
    after: Literal["seen", "delete", "move"] = "seen"  # what becomes of a mail that was taken: marked, deleted or moved
    move_to: str | None = None  # folder that it is moved to


@frozen
class DeskTable:
    """Support as this engine keeps it: tickets, and what customers are written about them."""

    level: str | None = None  # support level at which tickets begin; default: the one that no other hands on to
    notifier: str | None = None  # that customers are written to by
    site: str | None = None  # address under which customers reach the web, such as https://status.example.com
    form: bool = True  # whether anybody may open a ticket at /support
    address: str | None = None  # that customers write mails to, such as support@example.com
    delimiter: str = "+"  # parts it from a ticket's number, as in support+T-7@example.com; "" for no such addresses
    listen: str | None = None  # takes mails to that address from a mail server: lmtp://127.0.0.1:8024, or smtp://
    mailbox: MailboxTable | None = None  # or fetches them from a mailbox
    authserv_id: str | None = None  # mail server whose Authentication-Results are believed, such as mx.example.com
    replies: int = 10  # most mails within an hour to one address that are answered with a ticket's number
    faq: str | None = None  # folder of articles that answer what customers ask, as seen from this file
    resolver: str | None = None  # nameserver that tells of customers' domains: 192.0.2.53:53; default: the system's
    blocklists: tuple[str, ...] = ()  # lists on which no address of a customer's mail hosts may stand


@frozen
class AccessTable:
    """Somebody whom a token lets in, to see tickets in the web and to work on them."""

    token: Secret  # secret of at least 16 characters that lets in
    role: Literal["agent", "customer"]  # agents see all tickets and work on them, customers see and write their own
    customer: str | None = None  # whose tickets a customer sees
    former: tuple[Secret, ...] = ()  # tokens that let in too, while a new one takes their place


@frozen
class PingTable:
    """A dead man's switch elsewhere: an address that is asked while all is well, so that silence tells of our end."""

    url: str  # address that expects us, such as that of a check at a Healthchecks server
    every: Duration = Duration(60_000_000)  # how often it is asked


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
    ping: PingTable | None = None  # who notices when the engine is no more
    lint: Mapping[str, Literal["off", "warning", "error"]] = field(factory=dict)  # what a warning is here, by its code


KINDS: Mapping[str, type] = {
    "calendar": CalendarTable,
    "service": ServiceTable,
    "sla": SlaTable,
    "accounting": AccountingTable,
    "maintenance": MaintenanceTable,
    "support": SupportTable,
    "notifier": NotifierTable,
    "ticket-source": TicketSourceTable,
    "rotation": RotationTable,
    "escalation": EscalationTable,
    "text": TextTable,
    "customer": CustomerTable,
    "access": AccessTable,
}
"""The kinds whose tables are keyed by an id."""

ENGINE = "engine"
"""The one kind of which there is one table, without an id."""
