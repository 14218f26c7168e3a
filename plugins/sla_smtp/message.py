"""The message that a probe sends, and the mark by which it is known again."""

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate

from sla_engine.plugin import ProbeRun

HEADER = "X-SLA-Probe"
"""Holds the mark, a different one in every run."""

_MICRO = 1_000_000


def marked_message(mark: str, sender: str, recipients: Sequence[str], run: ProbeRun) -> bytes:
    """A small message that carries the mark in its Message-ID, its subject and a header of its own."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(recipients)
    message["Subject"] = f"SLA probe {mark}"
    message["Date"] = formatdate(run.clock.now() / _MICRO)
    message["Message-ID"] = f"<{mark}@{sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message[HEADER] = mark
    message.set_content("A probe of this mail service. It can be deleted unread.\n")
    return message.as_bytes(policy=SMTP_POLICY)
