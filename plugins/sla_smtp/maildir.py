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

    async def find(self, mark: str) -> bool:
        """Whether the message with this mark is there.

        Raises:
            OSError: the folder cannot be read.
        """
        return await asyncio.to_thread(self._find, mark)

    async def leave(self, mark: str, before: datetime) -> None:
        """Delete the message with this mark and those of probes that came before that instant.

        Raises:
            OSError: the folder cannot be read, or not be written.
        """
        await asyncio.to_thread(self._delete, mark, before)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _find(self, mark: str) -> bool:
        return any(_mark_of(path) == mark for path in self._files())

    def _delete(self, mark: str, before: datetime) -> None:
        for path in self._files():
            found = _mark_of(path)
            if found == mark or (found is not None and _written_at(path) < before.timestamp()):
                path.unlink(missing_ok=True)

    def _files(self) -> Iterator[Path]:
        for folder in ("new", "cur"):
            yield from (path for path in list((self.path / folder).iterdir()) if path.is_file())


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
