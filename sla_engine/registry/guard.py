"""Which addresses a check may connect to, asked at the moment it connects.

A name says nothing: it may resolve to anything, differently each time, and be spelled in many ways. So the numeric
address is judged, and with it every address that is wrapped inside it.
"""

from collections.abc import Iterator
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from attrs import frozen

from sla_engine.plugin import AddressRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# The services that hand a machine its own credentials, by the clouds' documentation: AWS (also ECS and EKS), Azure,
# Google, Oracle, Alibaba, Tencent, Scaleway, OpenStack.
_METADATA: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "169.254.169.0/24",
        "169.254.170.0/24",
        "169.254.0.23/32",
        "169.254.42.42/32",
        "168.63.129.16/32",
        "192.0.0.192/32",
        "100.100.100.200/32",
        "fd00:ec2::/32",
        "fd20:ce::254/128",
        "fd00:42::42/128",
        "fe80::a9fe:a9fe/128",
    )
)
_NAT64 = ip_network("64:ff9b::/96")
_NAT64_LOCAL = ip_network("64:ff9b:1::/48")
_COMPATIBLE = ip_network("::/96")
_LOWEST_32_BITS = 0xFFFFFFFF


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
    forms = tuple(_unwrap(ip_address(address.partition("%")[0])))
    if any(_within(form, _METADATA) for form in forms):
        return Refusal.METADATA
    if guard.public_only and not all(_is_public(form) for form in forms):
        return Refusal.NOT_PUBLIC
    name = None if host is None else host.lower().rstrip(".")
    if _matches(guard.deny, forms, name):
        return Refusal.DENIED
    if guard.allow and not _matches(guard.allow, forms, name):
        return Refusal.NOT_ALLOWED
    return None


def _unwrap(address: Address) -> Iterator[Address]:
    """The address, then every IPv4 address that it stands for in one of IPv6's transition schemes."""
    yield address
    if isinstance(address, IPv4Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    is_compatible = address in _COMPATIBLE and int(address) > 1
    if is_compatible or address in _NAT64 or address in _NAT64_LOCAL or _is_isatap(address):
        yield IPv4Address(int(address) & _LOWEST_32_BITS)


def _is_isatap(address: IPv6Address) -> bool:
    return (int(address) >> 32) & 0xFDFFFFFF == 0x5EFE


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None or address in _NAT64:
            return True  # judged as the IPv4 address that it stands for
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _matches(patterns: tuple[str, ...], forms: tuple[Address, ...], host: str | None) -> bool:
    networks, globs = _parse(patterns)
    if any(_within(form, networks) for form in forms):
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
