"""Which addresses a check may connect to, asked at the moment it connects.

A name says nothing: it may resolve to anything, differently each time, and be spelled in many ways. So the numeric
address is judged, and with it every address that is wrapped inside it.
"""

from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from ipaddress import ip_address, ip_network

from attrs import frozen

from sla_engine.model.addresses import Address, Network, forms_of, is_metadata, is_public, within
from sla_engine.plugin import AddressRefused


class Refusal(StrEnum):
    """Whose rule an address broke."""

    METADATA = "a cloud's metadata service, which no check may reach"
    NOT_PUBLIC = "not a public address, and this check was not written by an operator"
    DENIED = "denied by engine.targets"
    NOT_ALLOWED = "not among those that engine.targets allows"


class Refused(AddressRefused):
    """An address was refused, and by which rule.

    Attributes:
        refusal: the rule.
    """

    def __init__(self, address: str, refusal: Refusal) -> None:
        super().__init__(f"{address} is {refusal.value}")
        self.refusal = refusal


@frozen(cache_hash=True)
class NetworkGuard:
    """The rules for one kind of author.

    Attributes:
        allow: host globs (``*.maxony.com``), addresses or networks; empty allows all.
        deny: the same; wins over ``allow``.
        public_only: whether only public addresses may be reached, as for what customers' files name.
    """

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    public_only: bool = False

    def check(self, address: str, host: str | None = None) -> None:
        """Ask about a numeric address, and the name that led to it where there was one.

        Raises:
            Refused: the rules do not let a check connect there.
            ValueError: ``address`` is not numeric.
        """
        refusal = _judge(self, address, host)
        if refusal is not None:
            raise Refused(address, refusal)

    def check_name(self, host: str) -> None:
        """Ask about a name that somebody else resolves and connects to, such as a proxy.

        Raises:
            Refused: the rules deny the name, or allow only others.
        """
        name = host.lower().rstrip(".")
        if _matches(self.deny, (), name):
            raise Refused(host, Refusal.DENIED)
        if self.allow and not _matches(self.allow, (), name):
            raise Refused(host, Refusal.NOT_ALLOWED)


@lru_cache(maxsize=4096)
def _judge(guard: NetworkGuard, address: str, host: str | None) -> Refusal | None:
    forms = forms_of(ip_address(address.partition("%")[0]))
    if is_metadata(forms):
        return Refusal.METADATA
    if guard.public_only and not is_public(forms):
        return Refusal.NOT_PUBLIC
    name = None if host is None else host.lower().rstrip(".")
    if _matches(guard.deny, forms, name):
        return Refusal.DENIED
    if guard.allow and not _matches(guard.allow, forms, name):
        return Refusal.NOT_ALLOWED
    return None


def _matches(patterns: tuple[str, ...], forms: tuple[Address, ...], host: str | None) -> bool:
    networks, globs = _parse(patterns)
    if any(within(form, networks) for form in forms):
        return True
    return host is not None and any(fnmatchcase(host, glob) for glob in globs)


@lru_cache(maxsize=64)
def _parse(patterns: tuple[str, ...]) -> tuple[tuple[Network, ...], tuple[str, ...]]:
    networks: list[Network] = []
    globs: list[str] = []
    for pattern in patterns:
        try:
            networks.append(ip_network(pattern, strict=False))
        except ValueError:
            globs.append(pattern.lower().rstrip("."))
    return tuple(networks), tuple(globs)
