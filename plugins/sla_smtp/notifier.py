"""Messages by e-mail."""

import asyncio
from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlsplit

from attrs import evolve, field, frozen

from sla_engine.plugin import Delivery, Message, Notifier, NotifyRun, Secret
from sla_smtp.address import check_word, is_this_machine
from sla_smtp.mailboxes import Mailbox, read_mailbox

_PORTS = {"smtp": 25, "smtps": 465}


@frozen
class Dkim:
    """A signature, by which receivers know that the domain answers for the mail (RFC 6376)."""

    domain: str  # who answers for it: best the domain of from, as DMARC wants it
    selector: str  # which key: its public half is published at selector._domainkey.domain
    key: Secret  # its private half: the PEM of an RSA or Ed25519 key, or 32 bytes of Ed25519 in base64

    def __attrs_post_init__(self) -> None:
        check_word("dkim.domain", self.domain)
        check_word("dkim.selector", self.selector)


@frozen
class EmailNotifier(Notifier):
    """Send each message as an e-mail to each recipient. Mails that belong together are one conversation."""

    server: str  # smtp://host:port, or smtps://host:port for TLS from the start
    from_: str  # sender, as in sla@example.com or SLA Example <sla@example.com>
    to: list[str] = field(factory=list)  # recipients, each of whom gets a mail of their own; empty for customers' mails
    reply_to: str | None = None  # who gets the answers; default: the sender
    return_path: str | None = None  # who gets what cannot be delivered; default: the sender; "" for nobody
    tls: Literal["none", "starttls"] = "starttls"  # over smtp://; never falls back to clear text
    verify: bool = True  # whether the certificate must be valid for the host
    ca_file: str | None = None  # certificates to trust instead of the system's (PEM)
    helo: str | None = None  # name to greet with; default: the own address, as in [192.0.2.1]
    username: str | None = None  # logs in where given
    password: Secret | None = None  # with what
    auth: Literal["plain", "login", "cram-md5", "xoauth2"] = (
        "plain"  # the only way tried; xoauth2 takes a token as password
    )
    clear_text_login: bool = False  # whether the password may cross a network unencrypted
    dkim: Dkim | None = None  # sign each mail

    def __attrs_post_init__(self) -> None:
        self._check_server()
        for name, text in self._mailboxes():
            try:
                read_mailbox(text)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        if self.return_path and read_mailbox(self.return_path).name:
            raise ValueError("return_path is an address alone: write it as bounces@example.com")
        if self.helo is not None:
            check_word("helo", self.helo)
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together: give both or neither")
        is_clear = self.tls == "none" and not self.is_implicit and not is_this_machine(self.host_and_port[0])
        if self.username is not None and is_clear and not self.clear_text_login:
            raise ValueError(
                'the password would cross the network unencrypted: write tls = "starttls" or a server smtps://, or '
                "allow it by clear_text_login = true"
            )

    @property
    def is_implicit(self) -> bool:
        """Whether TLS comes before the first word."""
        return urlsplit(self.server).scheme == "smtps"

    @property
    def host_and_port(self) -> tuple[str, int]:
        """Where the server is."""
        parts = urlsplit(self.server)
        return parts.hostname or "", parts.port or _PORTS[parts.scheme]

    def recipients(self) -> Sequence[str]:
        return tuple(self.to)

    def reaches(self, address: str) -> bool:
        try:
            return bool(read_mailbox(address))
        except ValueError:
            return False

    async def send(self, message: Message, run: NotifyRun) -> Delivery:
        from sla_smtp.composing import compose  # what it needs is wanted only where a mail is sent
        from sla_smtp.sending import Envelope, hand_over

        try:
            to = [read_mailbox(text) for text in message.to or self.to]
        except ValueError as error:
            return Delivery(sent=False, certain=True, detail=f"to: {error}", is_final=True)
        if not to:
            return Delivery(sent=False, certain=True, detail="to: the mail is for nobody", is_final=True)
        try:
            password = None if self.password is None else run.secrets.reveal(self.password)
            private = None if self.dkim is None else run.secrets.reveal(self.dkim.key)
        except LookupError as error:
            return Delivery(sent=False, certain=True, detail=f"secret: {error.args[0]}")
        sender, now = read_mailbox(self.from_), run.clock.now()
        stamped = message if message.at else evolve(message, at=now)
        mail = compose(stamped, to, sender, self._who_gets_answers(message))
        try:
            signed = mail if private is None else await self._signed(mail, private, now)
        except ValueError as error:
            return Delivery(sent=False, certain=True, detail=f"dkim.key is no key to sign with: {error}")
        envelope_sender = sender.address if self.return_path is None else self.return_path
        envelope = Envelope(envelope_sender, tuple(mailbox.address for mailbox in to), signed)
        return await hand_over(envelope, self, password, run)

    def _who_gets_answers(self, message: Message) -> Mailbox | None:
        if message.reply_to is not None and self.reaches(message.reply_to):
            return read_mailbox(message.reply_to)
        return read_mailbox(self.reply_to) if self.reply_to else None

    async def _signed(self, mail: bytes, private: str, now: int) -> bytes:
        """The mail as it is sent, signed in a thread of its own: that takes milliseconds."""
        from sla_smtp.signing import sign

        assert self.dkim is not None
        names = {"domain": self.dkim.domain, "selector": self.dkim.selector}
        return await asyncio.to_thread(sign, mail, private=private, at=now, **names)

    def _mailboxes(self) -> list[tuple[str, str]]:
        alone = [("from", self.from_), ("reply_to", self.reply_to), ("return_path", self.return_path)]
        return [*((name, text) for name, text in alone if text), *(("to", text) for text in self.to)]

    def _check_server(self) -> None:
        parts = urlsplit(self.server)
        if parts.username is not None:
            raise ValueError("server holds a login: write it in username and password")
        try:
            is_server = bool(parts.scheme in _PORTS and parts.hostname and self.host_and_port[1])
        except ValueError:  # the port is no number
            is_server = False
        if not is_server or parts.path not in {"", "/"} or parts.query:
            raise ValueError(f"server {self.server!r} is no mail server: write smtp://mail.example.com:25")
