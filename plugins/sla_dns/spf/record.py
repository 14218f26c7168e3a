"""The text of an SPF record, read into its terms; a fault anywhere in it makes all of it void (RFC 7208, 4.6)."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal, TypeAlias, cast

from attrs import frozen

from sla_dns.spf.macros import MacroError, check_domain, check_macros

VERSION = re.compile(rb"v=spf1( |$)", re.IGNORECASE)
_TERM = re.compile(r"([+\-?~]?)([A-Za-z][A-Za-z0-9]*)(?![A-Za-z0-9_.\-]*=)([:/].*)?")
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.\-]*)=(.*)")
_TARGET = re.compile(r"(?::(.*?))?(?:/(0|[1-9]\d?))?(?://(0|[1-9]\d{0,2}))?")

Kind: TypeAlias = Literal["all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"]
Verdict: TypeAlias = Literal["pass", "fail", "softfail", "neutral"]
QUALIFIERS: dict[str, Verdict] = {"": "pass", "+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_KINDS = ("all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists")


class SpfError(Exception):
    """A record gives no verdict.

    Attributes:
        is_permanent: whether somebody has to mend it (``permerror``); else a later try may do (``temperror``).
    """

    def __init__(self, reason: str, *, is_permanent: bool = True) -> None:
        super().__init__(reason)
        self.is_permanent = is_permanent

    @property
    def result(self) -> str:
        """By RFC 7208, 2.6."""
        return "permerror" if self.is_permanent else "temperror"


@frozen
class Mechanism:
    """One mechanism.

    Attributes:
        verdict: for those whom it matches.
        domain: as it is written, with macros; None for the domain whose record it is.
        network: of ``ip4`` and ``ip6``.
        prefixes: lengths for IPv4 and IPv6 that addresses are compared in.
    """

    kind: Kind
    verdict: Verdict
    text: str
    domain: str | None = None
    network: IPv4Network | IPv6Network | None = None
    prefixes: tuple[int, int] = (32, 128)


@frozen
class Record:
    """A record without faults.

    Attributes:
        redirect: the domain whose record counts where no mechanism matches, or None.
    """

    mechanisms: tuple[Mechanism, ...]
    redirect: str | None
    text: str


def read_record(octets: bytes) -> Record:
    """The terms of a record.

    Raises:
        SpfError: it has a fault.
    """
    try:
        text = octets.decode("ascii")
    except UnicodeDecodeError:
        raise SpfError("the record has letters beyond ASCII") from None
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for word in text.split(" ")[1:]:
        if not word:
            continue
        if (modifier := _MODIFIER.fullmatch(word)) is not None:
            _take_modifier(modifier[1].lower(), modifier[2], word, modifiers)
        else:
            mechanisms.append(_mechanism(word))
    return Record(tuple(mechanisms), modifiers.get("redirect"), text)


def _take_modifier(name: str, value: str, word: str, known: dict[str, str]) -> None:
    try:
        if name not in {"redirect", "exp"}:
            check_macros(value)
            return
        check_domain(value)
    except MacroError as error:
        raise SpfError(f"syntax of {word[:80]!r}: {error}") from error
    if name in known:
        raise SpfError(f"{name}= stands in the record twice")
    known[name] = value


def _mechanism(word: str) -> Mechanism:
    found = _TERM.fullmatch(word)
    kind = found[2].lower() if found is not None else ""
    if found is None or kind not in _KINDS:
        raise SpfError(f"{word[:80]!r} is no mechanism that SPF knows")
    verdict, rest = QUALIFIERS[found[1]], found[3] or ""
    try:
        if kind in {"ip4", "ip6"}:
            return Mechanism(cast(Kind, kind), verdict, word, network=_network(kind, rest))
        return _with_domain(cast(Kind, kind), verdict, word, rest)
    except ValueError as error:
        raise SpfError(f"syntax of {word[:80]!r}: {error}") from error


def _network(kind: str, rest: str) -> IPv4Network | IPv6Network:
    if not rest.startswith(":") or not re.fullmatch(r":[0-9A-Fa-f:.]+(/(0|[1-9]\d*))?", rest):
        raise ValueError("an address must follow, as in ip4:192.0.2.1 or ip4:192.0.2.0/24")
    network = ip_network(rest[1:], strict=False)
    if network.version != int(kind[2]):
        raise ValueError(f"this is no IPv{kind[2]} address")
    return network


def _with_domain(kind: Kind, verdict: Verdict, word: str, rest: str) -> Mechanism:
    found = _TARGET.fullmatch(rest)
    assert found is not None or rest  # an empty rest always matches
    domain, four, six = found.groups() if found is not None else (rest, None, None)
    if kind == "all" and rest:
        raise ValueError("nothing may follow")
    if kind in {"include", "exists"} and domain is None:
        raise ValueError("a domain must follow")
    if kind not in {"a", "mx"} and (four or six):
        domain, four, six = rest[1:], None, None  # a slash may be part of a macro
    prefixes = int(four or 32), int(six or 128)
    if prefixes[0] > 32 or prefixes[1] > 128:
        raise ValueError("the network is smaller than an address")
    if domain is not None:
        check_domain(domain)
    return Mechanism(kind, verdict, word, domain, prefixes=prefixes)
