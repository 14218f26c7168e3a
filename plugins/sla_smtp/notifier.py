"""Messages by e-mail."""

from email.message import EmailMessage
from typing import Literal
from urllib.parse import urlsplit

from attrs import frozen

from sla_engine.plugin import Delivery, Message, Notifier, NotifyRun, Secret
from sla_smtp.address import check_address

_PORTS = {"smtp": 25, "smtps": 465}


@frozen
class EmailNotifier(Notifier):
    """Send each message as an e-mail. Its key is the Message-ID, the same on every try."""

    server: str  # smtp://host:port, or smtps://host:port for TLS from the start
    from_: str  # sender
    to: list[str]  # recipients
    tls: Literal["none", "starttls"] = "starttls"  # over smtp://; never falls back to clear text
    username: str | None = None  # logs in where given
    password: Secret | None = None
    timeout: float = 30.0  # seconds for everything together

    def __attrs_post_init__(self) -> None:
        parts = urlsplit(self.server)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError(f"server {self.server!r} is no mail server: write smtp://mail.example.com:25")
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together: give both or neither")
        if not self.to:
            raise ValueError("to names nobody: give at least one recipient")
        for address in (self.from_, *self.to):
            check_address("from or to", address)

    async def send(self, message: Message, run: NotifyRun) -> Delivery:
        import aiosmtplib

        parts = urlsplit(self.server)
        try:
            answers, detail = await aiosmtplib.send(
                self._compose(message),
                hostname=parts.hostname,
                port=parts.port or _PORTS[parts.scheme],
                use_tls=parts.scheme == "smtps",
                start_tls=parts.scheme == "smtp" and self.tls == "starttls",
                username=self.username,
                password=None if self.password is None else run.secrets.reveal(self.password),
                timeout=self.timeout,
            )
        except aiosmtplib.SMTPReadTimeoutError as error:
            return Delivery(sent=False, certain=False, detail=str(error))
        except (aiosmtplib.SMTPException, OSError, LookupError) as error:
            return Delivery(sent=False, certain=True, detail=str(error))
        refused = ", ".join(f"{address}: {answer}" for address, answer in answers.items())
        return Delivery(sent=True, certain=True, detail=f"{detail}; refused: {refused}" if refused else detail)

    def _compose(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["Message-ID"] = f"<{message.key}@{self.from_.rpartition('@')[2]}>"
        mail["From"] = self.from_
        mail["To"] = ", ".join(self.to)
        mail["Subject"] = message.subject
        mail["Content-Language"] = message.language
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        return mail
