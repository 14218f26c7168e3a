"""Mail servers, good and bad, and why a peer that judges one otherwise than we do is right or wrong."""

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from sla_engine.testing.servers.smtp import Fault
from tests.peers.conversations import FOR_EVER, Answer, drips, opens_with, takes_mail
from tests.peers.web_targets import GOOD, SHORT, Certificate, lasting, of_another, untrusted


@frozen
class MailTarget:
    """A mail server, and what its operator expects of it: to take mail for ``a@b.example``.

    Attributes:
        answer: what it says; None for a whole mail server.
        faults: what goes wrong in a whole mail server, by stage.
        tls: whether it is asked over TLS, and how.
        certificate: what it presents, where it knows TLS.
        password: with which the user ``probe`` logs in; the right one is ``pass``.
        host: where it listens.
        patience: seconds after which nobody waits any more.
        why: for each tool that says otherwise than we, why.
    """

    answer: Answer | None = None
    faults: Mapping[str, Fault] = field(factory=dict)
    tls: Literal["none", "starttls", "implicit"] = "none"
    certificate: Certificate | None = None
    password: str | None = None
    host: str = "127.0.0.1"
    patience: int = 10
    why: Mapping[str, str] = field(factory=dict)


def fails(stage: str, reply: str | None = None, *, delay: float = 0.0) -> dict[str, Fault]:
    """A fault at one stage: a reply, silence for that long, or else a closed connection."""
    return {stage: Fault(reply, delay, close=reply is None and not delay)}


ONLY_WARNS = "A warning, as for every reply that was not hoped for; mail is not taken."
VERIFIES_NOTHING = "It verifies no certificate; with -D it looks at the days left, but then asks for nothing else."

MAIL_TARGETS: dict[str, MailTarget] = {
    "takes mail": MailTarget(),
    "takes mail on IPv6 only": MailTarget(takes_mail, host="::1"),
    "takes mail, and greets in three lines": MailTarget(takes_mail),
    "takes mail by STARTTLS": MailTarget(tls="starttls", certificate=GOOD),
    "takes mail over TLS": MailTarget(tls="implicit", certificate=GOOD),
    "takes mail after a login": MailTarget(password="pass"),
    "refuses the login": MailTarget(password="wrong", patience=SHORT),
    "greets with 554": MailTarget(
        faults=fails("greeting", "554 5.3.2 no service"), patience=SHORT, why={"check_smtp": ONLY_WARNS}
    ),
    "greets with 421": MailTarget(
        faults=fails("greeting", "421 4.3.2 too busy"), patience=SHORT, why={"check_smtp": ONLY_WARNS}
    ),
    "knows no EHLO": MailTarget(
        faults=fails("ehlo", "502 5.5.1 what?"),
        patience=SHORT,
        why={"check_smtp": "It says HELO, as programs did before 1995; servers must know EHLO (RFC 5321, 2.2.1)."},
    ),
    "refuses the sender for now": MailTarget(
        faults=fails("mail", "451 4.7.1 try again later"), patience=SHORT, why={"check_smtp": ONLY_WARNS}
    ),
    "knows no such recipient": MailTarget(
        faults=fails("rcpt", "550 5.1.1 no such user"), patience=SHORT, why={"check_smtp": ONLY_WARNS}
    ),
    "hangs up after its greeting": MailTarget(
        opens_with(b"220 mail.test\r\n", hears=1), why={"check_smtp": ONLY_WARNS}
    ),
    "hangs up at QUIT": MailTarget(
        faults=fails("quit"),
        why={
            "check_smtp": "It does not mind. Mail is taken, so we do not call it down, but the server breaks RFC 5321.",
            "blackbox": "It knows no degree between: a dialogue that does not end as written has failed.",
        },
    ),
    "says nothing": MailTarget(faults=fails("greeting", delay=30), patience=SHORT),
    "says nothing at RCPT": MailTarget(faults=fails("rcpt", delay=30), patience=SHORT),
    "nobody listens": MailTarget(faults={"connect": Fault()}),
    "a web server": MailTarget(opens_with(b"HTTP/1.1 400 Bad Request\r\n\r\n"), why={"check_smtp": ONLY_WARNS}),
    "a greeting that never ends": MailTarget(drips(b"220-welcome\r\n", b"220-welcome\r\n"), patience=SHORT),
    "a greeting of 1 MB": MailTarget(
        opens_with(b"220 " + b"a" * 1_000_000, hears=FOR_EVER), patience=SHORT, why={"check_smtp": ONLY_WARNS}
    ),
    "STARTTLS is not offered": MailTarget(tls="starttls", patience=SHORT, why={"check_smtp": ONLY_WARNS}),
    "STARTTLS is refused": MailTarget(
        tls="starttls",
        certificate=GOOD,
        faults=fails("starttls", "454 4.7.0 not now"),
        patience=SHORT,
        why={"check_smtp": "UNKNOWN, as if it had failed itself; but the server refused, and mail stays unsent."},
    ),
    "STARTTLS, expired": MailTarget(tls="starttls", certificate=lasting(days=-1), why={"check_smtp": VERIFIES_NOTHING}),
    "STARTTLS, for another name": MailTarget(
        tls="starttls", certificate=of_another, why={"check_smtp": VERIFIES_NOTHING}
    ),
    "STARTTLS, untrusted": MailTarget(tls="starttls", certificate=untrusted, why={"check_smtp": VERIFIES_NOTHING}),
}
