"""What may be written where a name or an address is asked for."""

import re
from ipaddress import ip_address

_MAILBOX = re.compile(r"[^\s<>\x00-\x1f\x7f@]+@[^\s<>\x00-\x1f\x7f@]+", re.ASCII)
_WORD = re.compile(r"[!-~]+")
_DNS = 53


def check_address(name: str, address: str) -> None:
    """Refuse what is no mailbox, so that nothing can be smuggled onto the command line.

    Raises:
        ValueError: naming the key ``name``.
    """
    if not address.isascii() or not _MAILBOX.fullmatch(address):
        raise ValueError(f"{name}: {address!r} is not a mailbox: write it as name@example.com")


def check_word(name: str, word: str) -> None:
    """Refuse what is not one word of printable ASCII.

    Raises:
        ValueError: naming the key ``name``.
    """
    if not _WORD.fullmatch(word):
        raise ValueError(f"{name}: {word!r} is not one word: write it as mail.example.com")


def check_clear_text(host: str | None, allowed: bool) -> None:
    """Refuse a login without TLS, unless it stays on this machine or the policy wants it.

    Raises:
        ValueError: it would cross a network.
    """
    if not allowed and not is_this_machine(host or ""):
        raise ValueError(
            'the password would cross the network unencrypted: write tls = "starttls" or "implicit", '
            "or allow it by clear_text_login = true"
        )


def is_this_machine(host: str) -> bool:
    """Whether a name or address is written so that it can only be this machine's own."""
    return ip_address(host).is_loopback if is_address(host) else host.rstrip(".").lower() == "localhost"


def parse_nameserver(text: str) -> tuple[str, int]:
    """The address and the port in ``192.0.2.1``, ``192.0.2.1:5353`` or ``[2001:db8::1]:53``.

    Raises:
        ValueError: it is neither.
    """
    host, separator, port = text.rpartition(":")
    if not separator or (host.count(":") and not host.startswith("[")):
        host, port = text, str(_DNS)
    try:
        address, number = ip_address(host.removeprefix("[").removesuffix("]")), int(port)
    except ValueError:
        number = 0
    if not 0 < number < 65536:
        raise ValueError(
            f"nameserver {text!r} is no address: write it as 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:53"
        )
    return str(address), number


def is_address(host: str) -> bool:
    """Whether this is a numeric address and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def address_literal(own: str) -> str:
    """How a client without a name of its own greets (RFC 5321, 4.1.3)."""
    address = ip_address(own.partition("%")[0])
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


def listed(value: str | list[str] | None) -> list[str]:
    """One text, several or none, as a list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else value
