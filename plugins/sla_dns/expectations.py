"""What an answer must be like: each expectation becomes a finding of what was expected and what was seen."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

from attrs import frozen

from sla_dns.answers import Answer, record_text, shortened
from sla_engine.plugin import Duration, Finding, State

_MICRO = 1_000_000
_MOST_TOLD = 6
_EXAMPLES = {
    "A": "192.0.2.1",
    "AAAA": "2001:db8::1",
    "CAA": '0 issue "letsencrypt.org"',
    "CNAME": "www.example.com",
    "DNSKEY": "257 3 13 mdsswUyr3DPW...",
    "DS": "60485 13 2 D4B7D520E7BB...",
    "HTTPS": "1 . alpn=h2",
    "MX": "10 mail.example.com",
    "NAPTR": '100 10 "u" "sip+E2U" "!^.*$!sip:info@example.com!" .',
    "NS": "ns1.example.com",
    "PTR": "www.example.com",
    "SOA": "ns1.example.com hostmaster.example.com 2026010101 7200 3600 1209600 300",
    "SRV": "10 5 5060 sip.example.com",
    "SSHFP": "4 2 123456789abc...",
    "SVCB": "1 . alpn=h2",
    "TLSA": "3 1 1 0c72ac70b745...",
}

Code: TypeAlias = Literal["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"]
Texts: TypeAlias = str | list[str]


@frozen
class Expect:
    """What the answer must be like."""

    rcode: Code | None = "NOERROR"  # code of the answer; NXDOMAIN where the name must not exist
    values: Texts | None = None  # these records and no others, in any order
    contains: Texts | None = None  # records that must be among them, each of them
    any_of: Texts | None = None  # records of which at least one must be among them
    none_of: Texts | None = None  # records of which none may be among them
    matches: str | None = None  # pattern (RE2) that some record must match
    min_count: int | None = None  # fewest records; default: 1 where NOERROR is expected
    ttl: Duration | None = None  # shortest time for which the answer must be good
    authoritative: bool | None = None  # whether the server must be the authority (AA)
    dnssec: Literal["secure", "insecure"] | None = None  # whether the resolver must vouch for the signatures (AD)
    latency: Duration | None = None  # longest time in all

    def __attrs_post_init__(self) -> None:
        if self.min_count is not None and self.min_count < 0:
            raise ValueError("min_count must not be negative")
        if self.matches is not None:
            _pattern(self.matches)

    @property
    def fewest(self) -> int:
        """How many records there must be."""
        if self.min_count is not None:
            return self.min_count
        return 1 if self.rcode == "NOERROR" else 0


@frozen
class Degraded(Expect):
    """What makes an answer that is up degraded where it is not met: all that may stand under ``expect``."""

    rcode: Code | None = None  # code of the answer; NXDOMAIN where the name must not exist


def findings(expect: Expect, answer: Answer, seconds: float, unmet: State = State.DOWN) -> Iterator[Finding]:
    """A finding for each expectation; of an answer of another code nothing more is said.

    Args:
        seconds: that the answer took.
        unmet: what the target is where an expectation is not met.
    """
    if expect.rcode is not None:
        is_met = answer.code == expect.rcode
        yield _finding("answer", expect.rcode, answer.meaning, is_met, unmet)
        if not is_met:
            return
    if expect.fewest:
        count = len(answer.records)
        least = "a record" if expect.fewest == 1 else f"at least {expect.fewest}"
        yield _finding(f"{answer.kind} records", least, str(count or "none"), count >= expect.fewest, unmet)
    yield from _record_findings(expect, answer, unmet)
    yield from _quality_findings(expect, answer, unmet)
    if expect.latency is not None:
        is_met = round(seconds * _MICRO) <= expect.latency.microseconds
        yield _finding("latency", f"at most {expect.latency}", f"{seconds * 1000:.0f} ms", is_met, unmet)


def _record_findings(expect: Expect, answer: Answer, unmet: State) -> Iterator[Finding]:
    there, seen = set(answer.texts), listed(answer.texts)
    what = f"{answer.kind} records"
    if expect.values is not None:
        wanted = normal(expect.values, answer.kind)
        yield _finding(what, f"only {listed(wanted)}", seen, there == set(wanted), unmet)
    if expect.contains is not None:
        wanted = normal(expect.contains, answer.kind)
        yield _finding(what, f"with {listed(wanted)}", seen, there.issuperset(wanted), unmet)
    if expect.any_of is not None:
        wanted = normal(expect.any_of, answer.kind)
        yield _finding(what, f"with one of {listed(wanted)}", seen, not there.isdisjoint(wanted), unmet)
    if expect.none_of is not None:
        wanted = normal(expect.none_of, answer.kind)
        yield _finding(what, f"without {listed(wanted)}", seen, there.isdisjoint(wanted), unmet)
    if expect.matches is not None:
        pattern = _pattern(expect.matches)
        yield _finding(what, f"with {expect.matches!r}", seen, any(pattern.search(one) for one in there), unmet)


def _quality_findings(expect: Expect, answer: Answer, unmet: State) -> Iterator[Finding]:
    if expect.ttl is not None and answer.ttl is not None:
        is_met = answer.ttl * _MICRO >= expect.ttl.microseconds
        yield _finding("TTL", f"at least {expect.ttl}", f"{answer.ttl} s", is_met, unmet)
    if expect.authoritative is not None:
        expected, seen = (_authority(one) for one in (expect.authoritative, answer.is_authoritative))
        yield _finding("answer", expected, seen, expected == seen, unmet)
    if expect.dnssec is not None:
        seen = "secure" if answer.is_vouched_for else "insecure"
        yield _finding("DNSSEC", expect.dnssec, seen, seen == expect.dnssec, unmet)


def normal(written: Texts, kind: str) -> Sequence[str]:
    """Records as a policy writes them, in the form in which answers are told.

    Raises:
        ValueError: one is no record of that kind.
    """
    from dns.exception import DNSException
    from dns.name import root
    from dns.rdata import from_text

    texts = [written] if isinstance(written, str) else written
    if kind == "TXT":
        return texts
    try:
        return [record_text(from_text("IN", kind, text, origin=root, relativize=False)) for text in texts]
    except (DNSException, ValueError) as error:
        written_so = ", ".join(map(repr, texts))
        raise ValueError(f"{written_so} is no {kind} record: write it as zone files do ({_EXAMPLES[kind]})") from error


def listed(texts: Iterable[str]) -> str:
    """Records for people, not too many of them."""
    told = [shortened(text, 120) for text in texts]
    more = len(told) - _MOST_TOLD
    return ", ".join(told[:_MOST_TOLD]) + (f" and {more} more" if more > 0 else "") or "none"


def _authority(is_one: bool) -> str:
    return "of an authority" if is_one else "of no authority"


def _pattern(text: str):  # type: ignore[no-untyped-def]  # re2 has no types
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        why = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else error.args[0]
        raise ValueError(f"matches: {text!r} is no pattern ({why}): write one that RE2 knows") from error


def _finding(what: str, expected: str, seen: str, is_met: bool, unmet: State) -> Finding:
    return Finding(what, expected, seen, State.UP if is_met else unmet)
