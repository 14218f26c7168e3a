"""A mailbox in a folder of this machine (maildir): each message a file in ``new`` or ``cur``."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from attrs import frozen

from sla_smtp.message import HEADER

_LONGEST_HEAD = 32 * 1024


@frozen
class Maildir:
    """A mailbox that the target's messages are dropped into."""

    path: Path

    async def take(self, mark: str) -> bool:
        """Whether the message with this mark is there; if so, it is deleted.

        Raises:
            OSError: the folder cannot be read.
        """
        return await asyncio.to_thread(self._take, mark)

    async def clear(self, before: datetime) -> int:
        """Delete the messages of probes that came before an instant; gives how many.

        Raises:
            OSError: the folder cannot be read.
        """
        return await asyncio.to_thread(self._clear, before)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _take(self, mark: str) -> bool:
        found = [path for path in self._files() if _mark_of(path) == mark]
        for path in found:
            path.unlink(missing_ok=True)
        return bool(found)

    def _clear(self, before: datetime) -> int:
        old = [path for path in self._files() if _written_at(path) < before.timestamp() and _mark_of(path)]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _files(self) -> Iterator[Path]:
        for folder in ("new", "cur"):
            yield from (path for path in (self.path / folder).iterdir() if path.is_file())


def _mark_of(path: Path) -> str | None:
    """The mark of a probe's message, or None for any other."""
    try:
        with path.open("rb") as message:
            head = message.read(_LONGEST_HEAD)
    except FileNotFoundError:  # a mail program has moved it meanwhile
        return None
    wanted = HEADER.lower().encode() + b":"
    for line in head.splitlines():
        if not line:
            return None
        if line.lower().startswith(wanted):
            return line[len(wanted) :].strip().decode("ascii", "replace")
    return None


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
