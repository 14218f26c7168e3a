"""Expectations of the headers of an answer."""

import re
from collections.abc import Iterator

from attrs import frozen

from sla_engine.plugin import Duration, Finding, HttpResponse, State
from sla_http.texts import ExpectText, finding, quote, text_findings

_MAX_AGE = re.compile(r'max-age\s*=\s*"?(\d{1,12})', re.IGNORECASE)
_MICRO = 1_000_000


@frozen
class ExpectHeader(ExpectText):
    """What a header must be like; several of one name are read as one, with commas between them (RFC 9110, 5.3)."""

    equals: str | None = None  # the whole value
    absent: bool = False  # with true, it must not be there

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        others = (self.contains, self.not_contains, self.matches, self.not_matches, self.equals)
        if self.absent and any(other is not None for other in others):
            raise ValueError("a header that is absent has no value: drop the other expectations of it, or absent")


def header_findings(name: str, expect: ExpectHeader, answer: HttpResponse, unmet: State) -> Iterator[Finding]:
    """A finding for each expectation of a header, which must be there unless it is expected to be absent."""
    what = f"header {name}"
    values = answer.headers.get(name.lower())
    text = ", ".join(values or ())
    seen = "missing" if values is None else quote(text)
    if expect.absent:
        yield finding(what, "none", seen, values is None, unmet)
    elif values is None:
        yield finding(what, _words(expect), seen, False, unmet)
    elif expect.equals is not None:
        yield finding(what, quote(expect.equals), seen, text == expect.equals, unmet)
    if values is not None and not expect.absent:
        yield from text_findings(what, expect, text, unmet, f": {seen}")


def hsts_finding(longest: Duration, answer: HttpResponse, unmet: State) -> Finding:
    """Whether browsers are told to use HTTPS alone, for long enough (RFC 6797)."""
    values = answer.headers.get("strict-transport-security")
    found = _MAX_AGE.search(values[0]) if values else None
    is_met = found is not None and int(found[1]) * _MICRO >= longest.microseconds
    seen = quote(values[0]) if values else "missing"
    return finding("header Strict-Transport-Security", f"max-age of at least {longest}", seen, is_met, unmet)


def _words(expect: ExpectHeader) -> str:
    if expect.equals is not None:
        return quote(expect.equals)
    wanted = next((one.expected for one in text_findings("", expect, "", State.DOWN)), "any value")
    return "a value" if wanted.startswith("without") else wanted
