"""Support as it is written: levels, the desk, where tickets come from, and who may see them."""

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from sla_engine.model.duration import Duration
from sla_engine.model.text import Text
from sla_engine.plugin.fields import Secret
from sla_engine.policy.values import Raw


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
    notify: tuple[str, ...] = ()  # notifiers and rotations that are told of new tickets, and of what customers write


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
class TicketSourceTable:
    """A help desk that exists already, the clocks of whose tickets are kept here; the other keys are its plugin's."""

    via: str  # name under which a plugin registered the ticket source
    settings: Raw
    every: Duration = Duration(60_000_000)  # how often it is asked what is new, at least 10s
    levels: Mapping[str, str] = field(factory=dict)  # support level by what the help desk calls it, as by its groups
    customers: Mapping[str, str] = field(factory=dict)  # customer by what the help desk calls them
