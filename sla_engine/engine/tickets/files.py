"""What comes attached to a ticket: named harmlessly, called by what is in it, and bounded."""

import re
from collections.abc import Sequence

from sla_engine.engine.tickets.levels import TicketError
from sla_engine.engine.tickets.words import one_line
from sla_engine.store.tickets import Attachment

MOST_FILES = 20
MOST_BYTES = 10 * 1024 * 1024
"""Of one file."""
MOST_TOGETHER = 25 * 1024 * 1024
"""Of all files that come at once; mail servers take no more either."""

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
_LONGEST_NAME = 100


class TooMuchError(TicketError):
    """There are more files, or larger ones, than can be kept."""


class NotKeptError(TicketError):
    """The content of a file was pruned, as nothing has happened to its ticket for long."""


def kept(file: Attachment) -> Attachment:
    """A file whose content was asked for.

    Raises:
        NotKeptError: it is not kept any more.
    """
    if file.size and not file.content:
        raise NotKeptError(f"{file.name} is not kept any more: nothing has happened to its ticket for long")
    return file


def attachment(name: str, content: bytes) -> Attachment:
    """A file, with a name that leads nowhere and the media type that its first bytes tell.

    Raises:
        TicketError: it is empty or too large.
    """
    shown = file_name(name)
    if not content:
        raise TicketError(f"{shown} is empty: nothing is attached")
    if len(content) > MOST_BYTES:
        raise TooMuchError(f"{shown} has {len(content):,} bytes: at most {MOST_BYTES:,} can be attached")
    return Attachment(shown, _media_type(content), content, len(content))


def check_together(files: Sequence[Attachment]) -> None:
    """Refuse more files at once than can be kept.

    Raises:
        TicketError: there are too many, or they are too large together.
    """
    if len(files) > MOST_FILES:
        raise TooMuchError(f"these are {len(files)} files: at most {MOST_FILES} can be attached at once")
    if (together := sum(len(one.content) for one in files)) > MOST_TOGETHER:
        raise TooMuchError(f"these files have {together:,} bytes together: at most {MOST_TOGETHER:,} at once")


def file_name(name: str) -> str:
    """The last part of a name, fit for a header, a page and a disk."""
    last = re.split(r"[/\\]", one_line(name))[-1]
    plain = re.sub(r'[<>:"|?*;%&\'`$]', "_", last).strip(" .")
    stem, dot, suffix = plain.rpartition(".")
    if len(plain) > _LONGEST_NAME:
        plain = f"{stem[: _LONGEST_NAME - len(suffix) - 1]}{dot}{suffix}"[:_LONGEST_NAME]
    return plain or "unnamed"


def _media_type(content: bytes) -> str:
    """By the first bytes alone: what a sender calls it may be meant to be opened by something else."""
    for signature, media_type in _SIGNATURES:
        if content.startswith(signature):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return "text/plain" if _is_text(content) else "application/octet-stream"


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter in "\n\r\t" for letter in text)
