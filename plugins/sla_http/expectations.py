"""What an answer must be like: each expectation that is not met says what was expected and what was seen."""

import hashlib
import re
from collections.abc import Iterator, Mapping

from attrs import field, frozen

from sla_engine.plugin import Duration, HttpResponse

_STATUS = re.compile(r"[1-5]xx|[1-5]\d\d(-[1-5]\d\d)?")
_LONGEST_QUOTE = 80
_DAY = 86_400_000_000


@frozen
class ExpectBody:
    """What the body must hold, as far as it was read."""

    contains: str | list[str] | None = None  # texts that must be there
    not_contains: str | list[str] | None = None  # texts that must not
    matches: str | None = None  # RE2 expression that must be found
    sha256: str | None = None  # of the whole body, in hexadecimal
    min_size: int | None = None  # bytes
    max_size: int | None = None  # bytes

    def __attrs_post_init__(self) -> None:
        if self.matches is not None:
            compile_pattern(self.matches)


@frozen
class Expect:
    """What the answer must be like."""

    status: str | int | list[str | int] = "2xx"  # 200, "2xx", "200-204", or a list of them
    headers: Mapping[str, str] = field(factory=dict)  # by name: a text that the value must contain
    body: ExpectBody = ExpectBody()  # what the body must hold
    latency: Duration | None = None  # longest time in all
    certificate_days: int | None = None  # days that the certificate must still be valid
    version: str | None = None  # HTTP version that must be spoken: 1.1, 2 or 3
    url: str | None = None  # address at which redirects must end

    def __attrs_post_init__(self) -> None:
        for status in _listed(self.status):
            if not _STATUS.fullmatch(str(status)):
                raise ValueError(f'expect.status {status!r} is no status: write 200, "2xx" or "200-204"')


@frozen
class Degraded:
    """What makes an answer degraded, though it is up."""

    latency: Duration | None = None  # slower than this
    certificate_days: int | None = None  # fewer days left than these


def unmet(expect: Expect, answer: HttpResponse, now: int) -> Iterator[str]:
    """A sentence for each expectation that the answer does not meet.

    Args:
        now: the present instant, in microseconds since the Unix epoch.
    """
    if not any(_is_status(wanted, answer.status) for wanted in _listed(expect.status)):
        yield f"status {answer.status}, expected {_words(expect.status)}"
    for name, wanted in expect.headers.items():
        seen = answer.headers.get(name.lower())
        if seen is None:
            yield f"no header {name}"
        elif not any(wanted in value for value in seen):
            yield f"header {name} is {_quote(', '.join(seen))}, expected {_quote(wanted)}"
    yield from _unmet_body(expect.body, answer)
    if expect.version is not None and answer.version != expect.version:
        yield f"HTTP/{answer.version}, expected HTTP/{expect.version}"
    if expect.url is not None and answer.url != expect.url:
        yield f"the address is {answer.url}, expected {expect.url}"
    yield from too_slow_or_old(expect.latency, expect.certificate_days, answer, now)


def too_slow_or_old(
    latency: Duration | None, certificate_days: int | None, answer: HttpResponse, now: int
) -> Iterator[str]:
    """The expectations that can make an answer down, or only degraded."""
    total = sum(answer.phases.values())
    if latency is not None and total * 1_000_000 > latency.microseconds:
        yield f"took {total * 1000:.0f} ms, expected at most {latency}"
    left = certificate_days_left(answer, now)
    if certificate_days is not None:
        if left is None:
            yield "no certificate, as the connection is not encrypted"
        elif left < certificate_days:
            yield f"the certificate has {left:.1f} days left, expected at least {certificate_days}"


def certificate_days_left(answer: HttpResponse, now: int) -> float | None:
    """Days until the server's certificate ends, or None over plain HTTP."""
    if not answer.certificates:
        return None
    return (answer.certificates[0].not_after - now) / _DAY


def compile_pattern(pattern: str) -> object:
    """A compiled RE2 expression, which no text can make slow.

    Raises:
        ValueError: it is no RE2 expression.
    """
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise ValueError(f"expect.body.matches {pattern!r} is no RE2 expression: {_plain(error)}") from error


def _unmet_body(expect: ExpectBody, answer: HttpResponse) -> Iterator[str]:
    body = answer.body
    partly = " in what was read of it" if answer.truncated else ""
    for wanted in _listed(expect.contains):
        if str(wanted).encode() not in body:
            yield f"the body does not contain {_quote(str(wanted))}{partly}"
    for unwanted in _listed(expect.not_contains):
        if str(unwanted).encode() in body:
            yield f"the body contains {_quote(str(unwanted))}"
    if expect.matches is not None and not _is_found(expect.matches, body):
        yield f"the body does not match {_quote(expect.matches)}{partly}"
    if expect.sha256 is not None:
        seen = hashlib.sha256(body).hexdigest()
        if answer.truncated or seen != expect.sha256.lower():
            yield f"the body's SHA-256 is {seen}{partly}, expected {expect.sha256}"
    if expect.min_size is not None and len(body) < expect.min_size:
        yield f"the body has {len(body)} bytes, expected at least {expect.min_size}"
    if expect.max_size is not None and (answer.truncated or len(body) > expect.max_size):
        more = " and more" if answer.truncated else ""
        yield f"the body has {len(body)} bytes{more}, expected at most {expect.max_size}"


def _is_found(pattern: str, body: bytes) -> bool:
    compiled = compile_pattern(pattern)
    return compiled.search(body.decode("utf-8", "replace")) is not None  # type: ignore[attr-defined]


def _is_status(wanted: str | int, status: int) -> bool:
    text = str(wanted)
    if text.endswith("xx"):
        return status // 100 == int(text[0])
    first, _, last = text.partition("-")
    return int(first) <= status <= int(last or first)


def _listed(value: str | int | list[str] | list[str | int] | None) -> list[str | int]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _words(status: str | int | list[str | int]) -> str:
    return " or ".join(str(wanted) for wanted in _listed(status))


def _quote(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…")


def _plain(error: Exception) -> str:
    first = error.args[0] if error.args else error
    return first.decode(errors="replace") if isinstance(first, bytes) else str(first)
