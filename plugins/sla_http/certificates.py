"""Expectations of the certificates that a server presented, all of the chain."""

import re
from collections.abc import Iterator, Sequence
from ipaddress import ip_address

from attrs import frozen

from sla_engine.plugin import Certificate, Finding, HttpResponse, State
from sla_http.texts import finding, listed, quote

_SHA256 = re.compile(r"[0-9a-f]{64}")
_DAY = 86_400_000_000
_NONE = "none, as the connection is not encrypted"


@frozen
class ExpectCertificate:
    """What the certificates must be like, beyond being valid."""

    issuer: str | None = None  # text in the issuer of one of the certificates of the chain
    name: str | None = None  # name or address that the server's certificate must be for, beside the one asked
    sha256: str | list[str] | None = None  # fingerprint of the server's certificate, or of one above it in the chain

    def __attrs_post_init__(self) -> None:
        for pin in listed(self.sha256):
            if not _SHA256.fullmatch(_digits(pin)):
                raise ValueError(f"sha256 {pin!r} is no fingerprint: write its 64 hexadecimal digits")


def days_finding(days: int, answer: HttpResponse, now: int, unmet: State) -> Finding:
    """Whether each certificate of the chain is valid for some days yet."""
    expected = f"at least {days} days"
    if not answer.certificates:
        return finding("certificate", expected, _NONE, False, unmet)
    first = first_to_end(answer.certificates)
    left = (first.not_after - now) / _DAY
    return finding("certificate", expected, f"ends in {left:.1f} days ({first.subject})", left >= days, unmet)


def certificate_findings(expect: ExpectCertificate, answer: HttpResponse, unmet: State) -> Iterator[Finding]:
    """A finding for each expectation of the certificates."""
    chain = answer.certificates
    if expect.issuer is not None:
        issuers = [certificate.issuer for certificate in chain]
        is_met = any(expect.issuer in issuer for issuer in issuers)
        yield finding("issuer", f"with {quote(expect.issuer)}", _list(issuers), is_met, unmet)
    if expect.name is not None:
        names = chain[0].names if chain else ()
        is_met = any(_is_for(name, expect.name) for name in names)
        yield finding("certificate", f"for {expect.name}", f"for {_list(names)}", is_met, unmet)
    if expect.sha256 is not None:
        seen = [certificate.sha256 for certificate in chain]
        pins = {_digits(pin) for pin in listed(expect.sha256)}
        expected = " or ".join(sorted(pins))
        yield finding("SHA-256 of the certificates", expected, _list(seen), not pins.isdisjoint(seen), unmet)


def certificate_days_left(answer: HttpResponse, now: int) -> float | None:
    """Days until the first certificate of the chain ends, or None over plain HTTP."""
    return (first_to_end(answer.certificates).not_after - now) / _DAY if answer.certificates else None


def first_to_end(chain: Sequence[Certificate]) -> Certificate:
    """The certificate that ends before the others."""
    return min(chain, key=lambda certificate: certificate.not_after)


def _is_for(pattern: str, name: str) -> bool:
    """Whether a certificate's name covers a name: ``*`` stands for the whole first label (RFC 6125, 6.4.3)."""
    pattern, name = pattern.lower(), name.lower().rstrip(".")
    if not pattern.startswith("*."):
        return pattern == name
    return not _is_address(name) and name.partition(".")[2] == pattern[2:]


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _digits(pin: str) -> str:
    return pin.replace(":", "").lower()


def _list(texts: Sequence[str]) -> str:
    return quote(", ".join(texts)) if texts else _NONE
