"""Where a probe's message goes, and where it must arrive."""

from typing import Literal

from attrs import frozen

from sla_engine.plugin import Port, Secret
from sla_smtp.address import check_address, check_clear_text, listed

Tls = Literal["none", "starttls", "implicit"]


@frozen
class Imap:
    """A mailbox over IMAP. Give probes one of their own: what carries their mark is deleted there."""

    host: str  # name or address of the IMAP server
    username: str  # who logs in
    password: Secret  # with what
    port: Port | None = None  # its port; default: 993 with tls = "implicit", else 143
    tls: Tls = "implicit"  # never falls back to clear text
    verify: bool = True  # whether the certificate must be valid for the host
    ca_file: str | None = None  # certificates to trust instead of the system's (PEM)
    auth: Literal["login", "xoauth2"] = "login"  # the only way tried; xoauth2 takes a token as password
    folder: str = "INBOX"  # where messages arrive
    clear_text_login: bool = False  # whether the password may cross a network unencrypted

    def __attrs_post_init__(self) -> None:
        if self.tls == "none":
            check_clear_text(self.host, self.clear_text_login)

    @property
    def port_or_default(self) -> int:
        """The port to connect to."""
        return self.port or (993 if self.tls == "implicit" else 143)


@frozen
class Deliver:
    """Really send a message. A mark of its own is in its Message-ID, its subject and the header X-SLA-Probe.

    Without imap or maildir the probe is content once the server has taken the message over.
    """

    to: str | list[str]  # mailboxes that receive a message on every run
    imap: Imap | None = None  # mailbox in which it must arrive
    maildir: str | None = None  # or a folder of this machine in which it must

    def __attrs_post_init__(self) -> None:
        if not listed(self.to):
            raise ValueError("deliver.to names nobody: give at least one mailbox")
        for address in listed(self.to):
            check_address("deliver.to", address)
        if self.imap is not None and self.maildir is not None:
            raise ValueError("a message arrives in deliver.imap or in deliver.maildir: give one of them")
