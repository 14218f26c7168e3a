"""One conversation: what it is about, and what it has found so far."""

import ssl

from attrs import define, field

from sla_engine.plugin import Finding, ProbeRun, Stages
from sla_smtp.probe import SmtpProbe


@define
class Credentials:
    """The passwords that the policy names, revealed; they are not shown with the rest."""

    smtp: str | None = field(default=None, repr=False)
    imap: str | None = field(default=None, repr=False)


@define
class Talk:
    """What every step of a conversation is handed.

    Attributes:
        context: whom to trust, where there is to be TLS.
        banner: the text of the greeting, or None before it.
        offered: the extensions in upper case with their parameters, or None before EHLO.
        findings: what was found beside the policy's own expectations.
    """

    probe: SmtpProbe
    run: ProbeRun
    stages: Stages
    credentials: Credentials
    context: ssl.SSLContext | None
    banner: str | None = None
    offered: dict[str, str] | None = None
    findings: list[Finding] = field(factory=list)

    def saw(self, what: str) -> None:
        """Keep a line of evidence, and show it in the dialogue."""
        self.stages.saw(what)
        if self.run.trace is not None:
            self.run.trace(f"* {what}")
