"""What a numeric address is: public, a cloud's metadata service, or another address in disguise.

A name says nothing: it may resolve to anything, differently each time, and be spelled in many ways. So the numeric
address is judged, and with it every address that is wrapped inside it.
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

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


def forms_of(address: Address) -> tuple[Address, ...]:
    """The address, then every IPv4 address that it stands for in one of IPv6's transition schemes."""
    return tuple(_unwrap(address))


def is_metadata(forms: Sequence[Address]) -> bool:
    """Whether an address, by any of its forms, hands a machine its own credentials."""
    return any(within(form, _METADATA) for form in forms)


def is_public(forms: Sequence[Address]) -> bool:
    """Whether an address, by all of its forms, is one of the internet at large."""
    return all(_is_one_public(form) for form in forms)


def within(address: Address, networks: Sequence[Network]) -> bool:
    """Whether an address lies in one of the networks."""
    return any(address.version == network.version and address in network for network in networks)


def _unwrap(address: Address) -> Iterator[Address]:
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


def _is_one_public(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None or address in _NAT64:
            return True  # judged as the IPv4 address that it stands for
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
