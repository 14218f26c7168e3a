"""Does a mail server take mail? Each step that a sending program takes is tried, timed, and named where it fails."""

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from sla_engine.plugin import Duration, Outcome, Port, Probe, ProbeRun, Secret, in_stages
from sla_engine.plugin.tls import client_context
from sla_smtp.address import check_address, check_clear_text, check_word, listed, parse_nameserver
from sla_smtp.delivery import Deliver, Tls
from sla_smtp.expectations import Expect

_SMTP, _SMTPS, _LMTP = 25, 465, 24
_MICRO = 1_000_000
_ARRIVE = "arrive"
STAGES = (
    "connect",
    "tls",
    "greeting",
    "ehlo",
    "starttls",
    "auth",
    "mail",
    "refuses",
    "rcpt",
    "data",
    "rset",
    "quit",
    _ARRIVE,
)


@frozen
class SmtpProbe(Probe):
    """Talk to a mail server as a sending program would.

    Stages: resolve, connect, tls, greeting, ehlo, starttls, auth, mail, refuses, rcpt, then data (where a message is
    sent) or rset, quit, and mailbox and arrive (where it must arrive). A refusal is down, with the server's reply; a
    server that does everything but answer QUIT properly is degraded.
    """

    host: str | None = None  # name or address of the server
    mx: str | None = None  # or a domain whose mail servers are tried in their order
    port: Port | None = None  # port of the server; default: 25, with tls = "implicit" 465, for LMTP 24
    nameserver: str | None = None  # nameserver to ask instead of the system's, as in 192.0.2.1:53
    protocol: Literal["smtp", "lmtp"] = "smtp"  # what to speak
    tls: Tls = "none"  # never falls back to clear text
    verify: bool = True  # whether the certificate must be valid for the host
    ca_file: str | None = None  # certificates to trust instead of the system's (PEM)
    helo: str | None = None  # name to greet with; default: the own address, as in [192.0.2.1]
    username: str | None = None  # logs in where given
    password: Secret | None = None  # with what
    auth: Literal["plain", "login", "cram-md5", "xoauth2"] = (
        "plain"  # the only way tried; xoauth2 takes a token as password
    )
    clear_text_login: bool = False  # whether the password may cross a network unencrypted
    mail_from: str | None = None  # sender; default: the first recipient
    rcpt_to: str | list[str] | None = None  # recipients to ask for, without sending anything
    refuses: str | list[str] | None = None  # recipients that must be refused for good
    deliver: Deliver | None = None  # really send a message
    temporary: Literal["down", "degraded"] = "down"  # what a temporary refusal (4xx) is, as of greylisting
    within: Mapping[str, Duration] = field(factory=dict)  # by stage: longest time for it
    expect: Expect = field(factory=Expect)  # what the server must be like; otherwise it is down
    degraded: Expect = field(factory=Expect)  # what makes a server that is up degraded where it is not met

    def __attrs_post_init__(self) -> None:
        self._check_server()
        self._check_login()
        self._check_envelope()
        self._check_expectations()

    @property
    def port_or_default(self) -> int:
        """The port to connect to."""
        default = _LMTP if self.protocol == "lmtp" else _SMTPS if self.tls == "implicit" else _SMTP
        return self.port or default

    @property
    def recipients(self) -> list[str]:
        """Whom to name in RCPT."""
        return listed(self.deliver.to) if self.deliver else listed(self.rcpt_to)

    @property
    def sender(self) -> str:
        """Whom to name in MAIL."""
        return self.mail_from or [*self.recipients, *listed(self.refuses), ""][0]

    async def run(self, run: ProbeRun) -> Outcome:
        from sla_smtp.dialogue import converse  # what it needs is wanted only where a probe runs
        from sla_smtp.talk import Credentials, Talk

        imap = self.deliver.imap if self.deliver else None
        try:
            passwords = Credentials(
                run.secrets.reveal(self.password) if self.password else None,
                run.secrets.reveal(imap.password) if imap else None,
            )
        except LookupError as error:
            return Outcome.error(f"secret: {error.args[0]}")
        try:
            context = client_context(verify=self.verify, ca_file=self.ca_file) if self.tls != "none" else None
        except OSError as error:
            return Outcome.error(f"ca_file {self.ca_file}: {error.strerror or error}")
        limits = {stage: time.microseconds / _MICRO for stage, time in self.within.items() if stage != _ARRIVE}
        return await in_stages(run, lambda stages: converse(Talk(self, run, stages, passwords, context)), limits)

    def _check_server(self) -> None:
        if (self.host is None) == (self.mx is None):
            raise ValueError("a server is named by its host, or found by the mx of a domain: give one of them")
        if self.protocol == "lmtp" and self.mx is not None:
            raise ValueError("LMTP is for a host of one's own and not for the mx of a domain: give the host")
        if self.protocol == "lmtp" and self.port == _SMTP:
            raise ValueError("LMTP must not be spoken on port 25 (RFC 2033, 5): write the port of the LMTP server")
        for name, word in (("host", self.host), ("mx", self.mx), ("helo", self.helo)):
            if word is not None:
                check_word(name, word)
        if self.nameserver is not None:
            parse_nameserver(self.nameserver)

    def _check_login(self) -> None:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together: give both or neither")
        if self.username is not None and self.tls == "none":
            check_clear_text(self.host, self.clear_text_login)

    def _check_envelope(self) -> None:
        if self.rcpt_to is not None and self.deliver is not None:
            raise ValueError("rcpt_to asks without sending and deliver.to sends: give one of them")
        for name, value in (("mail_from", self.mail_from), ("rcpt_to", self.rcpt_to), ("refuses", self.refuses)):
            for address in listed(value):
                check_address(name, address)

    def _check_expectations(self) -> None:
        unknown = [stage for stage in self.within if stage not in STAGES]
        if unknown:
            raise ValueError(f"within: {unknown[0]!r} is no stage: write one of {', '.join(STAGES)}")
        arrives = self.deliver is not None and (self.deliver.imap or self.deliver.maildir)
        for name, expect in (("expect", self.expect), ("degraded", self.degraded)):
            if expect.certificate_days is not None and self.tls == "none":
                raise ValueError(f'{name}.certificate_days needs a certificate: write tls = "starttls" or "implicit"')
            if expect.round_trip is not None and not arrives:
                raise ValueError(f"{name}.round_trip needs a mailbox: write deliver.imap or deliver.maildir")
