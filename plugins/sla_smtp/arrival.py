"""Does a message that was taken over arrive? The mailbox is asked until it does, or until the time is up."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from sla_engine.plugin import AddressRefused, Doubt, StageFailed
from sla_engine.plugin.stages import describe, doubt_of
from sla_smtp.imap import open_folder
from sla_smtp.maildir import Maildir
from sla_smtp.talk import Talk

_MICRO = 1_000_000
_INTERVAL = 0.5
_HEAD_START = 0.2  # before the probe's own deadline, which would blame the target
_TIDYING_UP = 2.0
_OLD = timedelta(days=1)


class Mailbox(Protocol):
    """Where messages arrive."""

    async def find(self, mark: str) -> bool:
        """Whether the message with this mark is there."""
        ...

    async def leave(self, mark: str, before: datetime) -> None:
        """Delete the message with this mark and those of probes that came before an instant, and say goodbye."""
        ...

    def close(self) -> None:
        """Let go of it."""


class MailboxFailed(Exception):  # noqa: N818 (it names what happened, as StageFailed does)
    """The mailbox cannot be looked into, so that nothing is known of the message.

    Attributes:
        doubt: whether the monitor's own network may be the cause, or None.
    """

    def __init__(self, reason: str, doubt: Doubt | None = None) -> None:
        super().__init__(reason)
        self.doubt = doubt


class NotArrived(StageFailed):
    """The mailbox could be looked into, and the message is not there."""


async def await_arrival(talk: Talk, mark: str, handed_over: float) -> None:
    """Wait for the message, and time its way.

    Args:
        handed_over: when the server was given it, on the monotonic clock.

    Raises:
        NotArrived: it is not there.
        MailboxFailed: the mailbox cannot be looked into.
    """
    try:
        async with asyncio.timeout(max(talk.run.remaining() - _HEAD_START, 0.0)):
            await _look(talk, mark, handed_over)
    except NotArrived:
        raise
    except StageFailed as failure:
        raise MailboxFailed(str(failure), failure.doubt) from failure
    except AddressRefused as refusal:
        raise MailboxFailed(str(refusal)) from refusal
    except TimeoutError as error:
        raise MailboxFailed("no answer before the deadline", Doubt.NETWORK) from error
    except OSError as error:
        raise MailboxFailed(describe(error), doubt_of(error)) from error


async def _look(talk: Talk, mark: str, handed_over: float) -> None:
    stages, clock = talk.stages, talk.run.clock
    mailbox = await _open(talk)
    try:
        async with stages.stage("arrive"):
            while not await mailbox.find(mark):
                await _pause(talk, handed_over)
            stages.values["round_trip_seconds"] = took = clock.monotonic() - handed_over
            talk.saw(f"message {mark} arrived after {took:.1f} s")
        await _tidy_up(mailbox, talk, mark)
    finally:
        mailbox.close()


async def _pause(talk: Talk, handed_over: float) -> None:
    """Wait a little before the next look, or tell that there is no time for one."""
    waited = talk.run.clock.monotonic() - handed_over
    left = talk.run.remaining() - 2 * _HEAD_START
    if (longest := talk.probe.within.get("arrive")) is not None:
        left = min(left, longest.microseconds / _MICRO - waited)
    if left <= 0:
        raise NotArrived(f"the message has not arrived after {waited:.1f} s")
    await asyncio.sleep(min(_INTERVAL, left))


async def _open(talk: Talk) -> Mailbox:
    deliver = talk.probe.deliver
    assert deliver is not None
    if deliver.maildir is not None:
        return Maildir(Path(deliver.maildir))
    assert deliver.imap is not None
    assert talk.credentials.imap is not None
    async with talk.stages.stage("mailbox"):
        return await open_folder(deliver.imap, talk.credentials.imap, talk.run)


async def _tidy_up(mailbox: Mailbox, talk: Talk, mark: str) -> None:
    """Clear away the message, and what earlier runs left when it came too late for them; no verdict depends on it."""
    before = datetime.fromtimestamp(talk.run.clock.now() / _MICRO, UTC) - _OLD
    try:
        async with asyncio.timeout(max(min(_TIDYING_UP, talk.run.remaining() - 2 * _HEAD_START), 0.0)):
            await mailbox.leave(mark, before)
    except (StageFailed, OSError) as error:
        talk.saw(f"the mailbox could not be tidied up: {error or 'no answer in time'}")
