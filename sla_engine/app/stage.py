"""The demonstration's stage: real servers on loopback for everything that the shipped contract probes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from attrs import frozen

from sla_engine.testing.servers.smpp import SmppGateway
from sla_engine.testing.servers.smtp import SmtpServer
from sla_engine.testing.servers.web import Page, WebServer

HEALTH = "/health"
_PASSWORD = "for-demo"  # noqa: S105 (of a server that ends with the demonstration)
_PAGES = {
    "/": Page("<!doctype html><title>Maxony</title><h1>Maxony: e-mail and SMS marketing</h1>"),
    "/faq": Page("<!doctype html><title>FAQ</title><h1>Frequently asked questions</h1>"),
    "/login": Page("<!doctype html><title>Applications</title><form><input name=user></form>"),
}
_API = {HEALTH: Page('{"status": "ok", "queue": 0}', "application/json")}


@frozen
class Stage:
    """The servers, and the environment that points the shipped contract at them.

    Attributes:
        smtp: which is probed.
        mail: where messages arrive.
    """

    web: WebServer
    api: WebServer
    smtp: SmtpServer
    sms: SmppGateway
    mail: SmtpServer

    @property
    def environ(self) -> Mapping[str, str]:
        """What the policies' ``${NAME}`` and secrets are read from."""
        return {
            "MAXONY_WEB": self.web.url,
            "MAXONY_APPS": self.web.url,
            "MAXONY_API": self.api.url,
            "MAXONY_SMTP": self.smtp.host,
            "MAXONY_SMTP_PORT": str(self.smtp.port),
            "MAXONY_SMTP_TLS": "none",
            "MAXONY_SMTP_PASSWORD": _PASSWORD,
            "MAXONY_MAIL": f"{self.mail.host}:{self.mail.port}",
            "MAXONY_MAIL_TLS": "none",
            "MAXONY_SMPP": self.sms.host,
            "MAXONY_SMPP_PORT": str(self.sms.port),
            "MAXONY_SMPP_PASSWORD": _PASSWORD,
            "MAXONY_CONTROL_NAME_1": "localhost",
            "MAXONY_CONTROL_NAME_2": "localhost",
            "MAXONY_CONTROL_1": f"{self.web.host}:{self.web.port}",
            "MAXONY_CONTROL_2": f"{self.api.host}:{self.api.port}",
        }


@contextmanager
def stage() -> Iterator[Stage]:
    """Start the servers; they end with the block."""
    with (
        WebServer(_PAGES) as web,
        WebServer(_API) as api,
        SmtpServer(users={"probe": _PASSWORD}) as smtp,
        SmppGateway() as sms,
        SmtpServer() as mail,
    ):
        yield Stage(web, api, smtp, sms, mail)
