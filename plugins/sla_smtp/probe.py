"""Does a mail server take mail? Each step that a sending program takes is tried, timed, and named where it fails."""

from typing import Literal

from attrs import frozen

from sla_engine.plugin import Outcome, Port, Probe, ProbeRun, Secret, in_stages
from sla_smtp.address import check_address

_SMTP = Port(25)


@frozen
class Deliver:
    """Really send a message. It carries an id of its own in its Message-ID, its subject and the header X-SLA-Probe.

    The probe is up once the server has taken the message over; whether it arrives is not checked.
    """

    to: str  # mailbox that receives a message on every run

    def __attrs_post_init__(self) -> None:
        check_address("deliver.to", self.to)


@frozen
class SmtpProbe(Probe):
    """Talk to a mail server as a sending program would.

    Stages: connect, tls, greeting, ehlo, starttls, auth, mail, rcpt, then data (where a message is sent) or rset, quit.
    A refusal is down, with the server's reply; a server that does everything but answer QUIT properly is degraded.
    """

    host: str  # name or address of the server
    port: Port = _SMTP
    tls: Literal["none", "starttls", "implicit"] = "none"  # never falls back to clear text
    verify: bool = True  # whether the certificate must be valid for the host
    ca_file: str | None = None  # certificates to trust instead of the system's (PEM)
    helo: str | None = None  # name to greet with; default: the own address, as in [192.0.2.1]
    username: str | None = None  # logs in where given
    password: Secret | None = None
    auth: Literal["plain", "login", "cram-md5", "xoauth2"] = (
        "plain"  # the only way tried; xoauth2 takes a token as password
    )
    mail_from: str | None = None  # sender; default: the recipient
    rcpt_to: str | None = None  # recipient to ask for, without sending anything
    deliver: Deliver | None = None  # really send a message, instead

    def __attrs_post_init__(self) -> None:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together: give both or neither")
        if self.rcpt_to is not None and self.deliver is not None:
            raise ValueError("rcpt_to asks without sending and deliver.to sends: give one of them")
        for name, address in (("mail_from", self.mail_from), ("rcpt_to", self.rcpt_to)):
            if address is not None:
                check_address(name, address)

    @property
    def recipient(self) -> str | None:
        """Whom to name in RCPT, if anybody."""
        return self.deliver.to if self.deliver else self.rcpt_to

    @property
    def sender(self) -> str | None:
        """Whom to name in MAIL, if anybody."""
        return self.recipient if self.mail_from is None else self.mail_from

    async def run(self, run: ProbeRun) -> Outcome:
        from sla_smtp.dialogue import converse  # the client library is wanted only where a probe runs

        return await in_stages(run, lambda stages: converse(self, run, stages))
