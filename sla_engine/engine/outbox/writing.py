"""From notices to the message that tells of them: its key, its words, and whom it is for."""

import hashlib
import json
from collections.abc import Iterable, Sequence

import structlog

from sla_engine.engine.wording import Wording, compose
from sla_engine.model.zone import Zone
from sla_engine.plugin import Message
from sla_engine.policy import PolicySet
from sla_engine.store.outbox import Lane, Notice

_log = structlog.get_logger("sla_engine.outbox")


def write(lane: Lane, notices: Sequence[Notice], policies: PolicySet, *, was_told: bool) -> Message:
    """The message for a lane that tells of notices, of which there is at least one.

    Args:
        was_told: whether those of the lane have heard of the same before.
    """
    wording = _wording(lane, notices, policies)
    return Message(
        key=key_of(lane, notices),
        subject=wording.subject,
        text=wording.text,
        language=lane.language,
        to=(lane.recipient,) if lane.recipient else (),
        html=wording.html or None,
        short=wording.short,
        about=wording.about,
        thread=wording.thread,
        is_first=not was_told,
        is_over=wording.is_over,
        severity=wording.severity,
        at=max(notice.at for notice in notices),
        names=wording.names,
        answers=_shared(notices, "answers"),
        reply_to=_shared(notices, "reply_to"),
    )


def key_of(lane: Lane, notices: Iterable[Notice]) -> str:
    """The idempotency key: of the same notices for the same lane it is the same, whoever makes it and how often."""
    told = [lane.notifier, lane.recipient, lane.language, *sorted(notice.key for notice in notices)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def zone_of(notices: Sequence[Notice], policies: PolicySet) -> Zone:
    """On whose clocks times are told: those of the customer's contract, or else of the general SLA."""
    customer = notices[0].customer
    if customer in policies.customers:
        return policies.contract(customer=customer).timezone
    return policies.public_zone


def _wording(lane: Lane, notices: Sequence[Notice], policies: PolicySet) -> Wording:
    """The words; where they fail, the bare facts: a fault of ours in a text must not keep anybody from being told."""
    try:
        return compose(notices, lane.language, zone_of(notices, policies), policies.texts)
    except Exception:
        _log.exception(
            "a message has no proper text, and tells the bare facts", threads=[one.thread for one in notices]
        )
        return _bare(notices)


def _shared(notices: Sequence[Notice], name: str) -> str | None:
    """A fact of the newest notice, where all are about one thing."""
    newest = max(notices, key=lambda notice: notice.at)
    return newest.facts.get(name) if len({notice.thread for notice in notices}) == 1 else None


def _bare(notices: Sequence[Notice]) -> Wording:
    lines = [f"{one.about} {one.thread}" for one in notices]
    text = "\n".join(f"{line} {json.dumps(dict(one.facts))}" for line, one in zip(lines, notices, strict=True))
    return Wording(
        subject=lines[0].replace("\n", " ")[:120],
        text=text + "\n",
        html="",
        short=lines[0][:150],
        names={},
        about=notices[0].about,
        severity="major",
        thread=notices[0].thread,
        is_first=True,
        is_over=False,
    )
