"""Expectations of the body, as far as it was read."""

import hashlib
import re
from collections.abc import Iterator

from attrs import frozen

from sla_engine.plugin import Finding, HttpResponse, State
from sla_http.texts import ExpectText, finding, text_findings

_CHARSET = re.compile(r'charset="?([\w.:-]+)', re.IGNORECASE)
_CHARSETS = frozenset(
    {"utf-8", "utf8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "utf-16", "utf-16le", "utf-16be"}
)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@frozen
class ExpectBody(ExpectText):
    """What the body must hold, as far as it was read; its text is read in the charset that the server names."""

    sha256: str | None = None  # of the whole body, in hexadecimal
    min_size: int | None = None  # bytes
    max_size: int | None = None  # bytes

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.sha256 is not None and not _SHA256.fullmatch(self.sha256.lower()):
            raise ValueError(f"sha256 {self.sha256!r} is none: write its 64 hexadecimal digits")


def body_findings(expect: ExpectBody, answer: HttpResponse, unmet: State) -> Iterator[Finding]:
    """A finding for each expectation of the body; what may stand beyond what was read cannot be told."""
    size = len(answer.body)
    cut = f" in the {size} bytes that max_body lets be read" if answer.truncated else ""
    missing = State.ERROR if answer.truncated and unmet is State.DOWN else unmet
    yield from text_findings("body", expect, text_of(answer), unmet, cut, missing)
    if expect.sha256 is not None:
        seen = hashlib.sha256(answer.body).hexdigest()
        is_met = not answer.truncated and seen == expect.sha256.lower()
        yield finding("SHA-256 of the body", expect.sha256, seen + cut, is_met, missing)
    more = " and more" if answer.truncated else ""
    if expect.min_size is not None:
        yield finding("body", f"at least {expect.min_size}", f"of {size} bytes", size >= expect.min_size, unmet)
    if expect.max_size is not None:
        is_met = not answer.truncated and size <= expect.max_size
        yield finding("body", f"at most {expect.max_size}", f"of {size} bytes{more}", is_met, unmet)


def text_of(answer: HttpResponse) -> str:
    """The body as text. Only charsets that cost nothing to read are believed; the rest is read as UTF-8."""
    named = _CHARSET.search(", ".join(answer.headers.get("content-type", ())))
    charset = named[1].lower() if named else "utf-8"
    return answer.body.decode(charset if charset in _CHARSETS else "utf-8", "replace")
