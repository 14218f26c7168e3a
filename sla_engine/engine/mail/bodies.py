"""The parts of a mail: what was written, and what came with it, each within bounds."""

from collections.abc import Iterator, Sequence
from email.message import Message
from itertools import islice

from attrs import define, field

from sla_engine.engine.mail.charsets import decoded
from sla_engine.engine.mail.headers import shown
from sla_engine.engine.mail.markup import plain
from sla_engine.engine.tickets.files import attachment, check_together, file_name
from sla_engine.engine.tickets.levels import TicketError
from sla_engine.model.visible import one_line, visible_lines
from sla_engine.store.tickets import Attachment

_MOST_PARTS = 200
_DEEPEST = 20
_MOST_TEXT = 400_000
"""Bytes of one text that are looked at."""
_LONGEST_TEXT = 100_000
_MOST_LEFT_OUT = 10


@define
class Body:
    """What is found in a mail.

    Attributes:
        texts: what was written, part by part.
        files: what came with it.
        left_out: the names of the files that could not stay with it.
    """

    texts: list[str] = field(factory=list)
    files: list[Attachment] = field(factory=list)
    left_out: list[str] = field(factory=list)

    @property
    def text(self) -> str:
        """All that was written, fit to be shown."""
        return visible_lines("\n\n".join(text for text in self.texts if text.strip()), _LONGEST_TEXT)

    def attach(self, name: str, content: bytes) -> None:
        """Keep a file, or its name where there are too many, or it is empty or too large."""
        try:
            found = attachment(name, content)
            check_together([*self.files, found])
        except TicketError:
            self.leave_out(file_name(name))
        else:
            self.files.append(found)

    def leave_out(self, name: str) -> None:
        """Remember what is not kept."""
        if len(self.left_out) < _MOST_LEFT_OUT:
            self.left_out.append(name)


def body_of(mail: Message) -> Body:
    """What was written in a mail and came with it.

    Of the versions of one text the plain one is taken, else the one in HTML.
    """
    body = Body()
    for number, (part, is_text) in enumerate(_leaves(mail, 0)):
        if number >= _MOST_PARTS:
            body.leave_out("...")
            break
        if is_text:
            body.texts.append(_text(part))
        else:
            body.attach(_name(part, number), _content(part))
    return body


def inner(part: Message) -> Sequence[Message]:
    """The parts that one holds; none where it holds none."""
    found = part.get_payload() if part.is_multipart() else []
    return [one for one in found if isinstance(one, Message)] if isinstance(found, list) else []


def _leaves(part: Message, depth: int) -> Iterator[tuple[Message, bool]]:
    """The parts that are no containers, and of each whether it is text to be read."""
    kind = part.get_content_type()
    parts = inner(part) if kind.startswith("multipart/") else []
    if not parts or depth >= _DEEPEST:
        yield part, kind in {"text/plain", "text/html"} and not _is_attached(part)
    elif kind == "multipart/alternative":
        yield from _of_versions(parts, depth)
    else:
        for one in parts:
            yield from _leaves(one, depth + 1)


def _of_versions(parts: Sequence[Message], depth: int) -> Iterator[tuple[Message, bool]]:
    """The version of a text that is read, and the files that come with any of them."""
    versions = [list(islice(_leaves(part, depth + 1), _MOST_PARTS)) for part in parts[:_MOST_PARTS]]
    readable = [version for version in versions if any(is_text and _content(part).strip() for part, is_text in version)]
    is_plain = [version for version in readable if _has_plain(version)]
    chosen = next(iter([*is_plain, *readable]), None)
    for version in versions:
        yield from (leaf for leaf in version if version is chosen or not leaf[1])


def _has_plain(version: Sequence[tuple[Message, bool]]) -> bool:
    return any(is_text and part.get_content_type() == "text/plain" for part, is_text in version)


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _text(part: Message) -> str:
    raw = _content(part)[:_MOST_TEXT]
    text = decoded(raw, part.get_content_charset())
    return plain(text) if part.get_content_type() == "text/html" else text


def _content(part: Message) -> bytes:
    """The bytes of a part, decoded as it says; of a mail within the mail, that mail."""
    if parts := inner(part):
        return bytes(parts[0] if part.get_content_type() == "message/rfc822" else part)
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _name(part: Message, number: int) -> str:
    """What a file is called, or what it is where it has no name."""
    if name := part.get_filename():
        return one_line(str(name), 200)
    if part.get_content_type() == "message/rfc822" and (parts := inner(part)):
        return f"{shown(parts[0], 'subject') or 'mail'}.eml"
    return f"part-{number}.{part.get_content_subtype()}"
