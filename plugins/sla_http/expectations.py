"""What an answer must be like: each expectation becomes a finding of what was expected and what was seen."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from attrs import field, frozen

from sla_engine.plugin import Duration, Finding, HttpResponse, State
from sla_http.bodies import ExpectBody, body_findings
from sla_http.certificates import ExpectCertificate, certificate_days_left, certificate_findings, days_finding
from sla_http.headers import ExpectHeader, header_findings, hsts_finding
from sla_http.texts import finding

__all__ = [
    "Degraded",
    "Expect",
    "ExpectBody",
    "ExpectCertificate",
    "ExpectHeader",
    "certificate_days_left",
    "findings",
    "status_finding",
]

_STATUS = re.compile(r"[1-5]xx|[1-5]\d\d(-[1-5]\d\d)?")
_MICRO = 1_000_000

Statuses = str | int | list[str | int]


@frozen
class Expect:
    """What the answer must be like."""

    status: Statuses | None = "2xx"  # 200, "2xx", "200-204", or a list of them
    headers: Mapping[str, str | ExpectHeader] = field(factory=dict)  # by name: a text that the value must contain
    body: ExpectBody | None = None  # what the body must hold
    latency: Duration | None = None  # longest time in all
    certificate_days: int | None = None  # days that each certificate of the chain must still be valid
    certificate: ExpectCertificate | None = None  # what the certificates must be like
    tls: Literal["1.2", "1.3"] | None = None  # lowest version of TLS that must be spoken
    version: Literal["1.0", "1.1", "2", "3"] | None = None  # HTTP version that must be spoken
    url: str | None = None  # address at which redirects must end
    redirect: str | None = None  # address to which an answer that is not followed must lead (redirects = 0)
    hsts: Duration | None = None  # shortest time for which browsers must be told to use HTTPS alone

    def __attrs_post_init__(self) -> None:
        for status in _listed(self.status):
            if not _STATUS.fullmatch(str(status)):
                raise ValueError(f'status {status!r} is no status: write 200, "2xx" or "200-204"')


@frozen
class Degraded(Expect):
    """What makes an answer that is up degraded where it is not met: all that may stand under ``expect``."""

    status: Statuses | None = None  # 200, "2xx", "200-204", or a list of them


def findings(expect: Expect, answer: HttpResponse, now: int, unmet: State = State.DOWN) -> Iterator[Finding]:
    """A finding for each expectation.

    Args:
        now: the present instant, in microseconds since the Unix epoch.
        unmet: what the target is where an expectation is not met.
    """
    if expect.status is not None:
        yield status_finding(expect.status, answer, unmet)
    for name, wanted in expect.headers.items():
        header = ExpectHeader(contains=wanted) if isinstance(wanted, str) else wanted
        yield from header_findings(name, header, answer, unmet)
    if expect.body is not None:
        yield from body_findings(expect.body, answer, unmet)
    if expect.latency is not None:
        yield _latency_finding(expect.latency, answer, unmet)
    if expect.version is not None:
        yield finding("HTTP version", expect.version, answer.version, answer.version == expect.version, unmet)
    yield from _address_findings(expect, answer, unmet)
    yield from _security_findings(expect, answer, now, unmet)


def status_finding(expected: Statuses, answer: HttpResponse, unmet: State) -> Finding:
    """Whether the status is one of those that are expected."""
    wanted = _listed(expected)
    is_met = any(_is_status(one, answer.status) for one in wanted)
    return finding("status", " or ".join(map(str, wanted)), str(answer.status), is_met, unmet)


def _latency_finding(longest: Duration, answer: HttpResponse, unmet: State) -> Finding:
    total = sum(answer.phases.values())
    is_met = round(total * _MICRO) <= longest.microseconds
    return finding("latency", f"at most {longest}", f"{total * 1000:.0f} ms", is_met, unmet)


def _address_findings(expect: Expect, answer: HttpResponse, unmet: State) -> Iterator[Finding]:
    if expect.url is not None:
        yield finding("final address", expect.url, answer.url, answer.url == expect.url, unmet)
    if expect.redirect is not None:
        is_met = answer.redirects_to == expect.redirect
        yield finding("redirect", f"to {expect.redirect}", f"to {answer.redirects_to or 'nowhere'}", is_met, unmet)


def _security_findings(expect: Expect, answer: HttpResponse, now: int, unmet: State) -> Iterator[Finding]:
    if expect.tls is not None:
        seen = answer.tls or "none, as the connection is not encrypted"
        yield finding("TLS version", f"at least {expect.tls}", seen, (answer.tls or "") >= expect.tls, unmet)
    if expect.certificate_days is not None:
        yield days_finding(expect.certificate_days, answer, now, unmet)
    if expect.certificate is not None:
        yield from certificate_findings(expect.certificate, answer, unmet)
    if expect.hsts is not None:
        yield hsts_finding(expect.hsts, answer, unmet)


def _is_status(wanted: str | int, status: int) -> bool:
    text = str(wanted)
    if text.endswith("xx"):
        return status // 100 == int(text[0])
    first, _, last = text.partition("-")
    return int(first) <= status <= int(last or first)


def _listed(status: Statuses | None) -> list[str | int]:
    if status is None:
        return []
    return list(status) if isinstance(status, list) else [status]
