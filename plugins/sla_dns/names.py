"""What may be written where a name or a nameserver is asked for."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from dns.name import Name

Address: TypeAlias = IPv4Address | IPv6Address
Kind: TypeAlias = Literal[
    "A",
    "AAAA",
    "CAA",
    "CNAME",
    "DNSKEY",
    "DS",
    "HTTPS",
    "MX",
    "NAPTR",
    "NS",
    "PTR",
    "SOA",
    "SRV",
    "SSHFP",
    "SVCB",
    "TLSA",
    "TXT",
]
"""A kind of record."""


def check_name(key: str, text: str) -> str:
    """A name in the form in which it is asked for: lower case, without a dot at its end, beyond ASCII as ``xn--``.

    Raises:
        ValueError: it is none, naming the key.
    """
    return told(read_name(key, text))


def read_name(key: str, text: str) -> "Name":
    """A name as dnspython has it, absolute.

    Raises:
        ValueError: it is none, naming the key.
    """
    from dns.exception import DNSException
    from dns.name import from_text

    try:
        if not text or any(letter.isspace() for letter in text):
            raise ValueError
        return from_text(text)
    except (DNSException, ValueError) as error:
        raise ValueError(f"{key}: {text[:80]!r} is no name: write it as www.example.com") from error


def told(name: "Name") -> str:
    """A name for people: without the dot at its end, in lower case."""
    return name.to_text(omit_final_dot=True).lower()


def read_address(text: str) -> Address | None:
    """The address, or None where it is a name."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def reverse_name(address: Address) -> str:
    """Where the name of an address stands, such as ``1.2.0.192.in-addr.arpa``."""
    return address.reverse_pointer


def parse_server(text: str, default: int) -> tuple[str, int]:
    """The host and the port in ``192.0.2.1``, ``192.0.2.1:5353``, ``[2001:db8::1]:53`` or ``ns1.example.com:53``.

    Raises:
        ValueError: it is none of these.
    """
    host, separator, port = text.rpartition(":")
    if not separator or (":" in host and not host.startswith("[")):
        host, port = text, str(default)
    host = host.removeprefix("[").removesuffix("]")
    number = int(port) if port.isascii() and port.isdecimal() else 0
    if not 0 < number < 65536:
        raise ValueError(
            f"server {text!r} has no port from 1 to 65535: write it as 192.0.2.1, [2001:db8::1]:53 or "
            "ns1.example.com:5353"
        )
    if read_address(host) is None:
        host = check_name("server", host)
    return host, number
