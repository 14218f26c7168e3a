"""What may stand between the angle brackets of an envelope."""

import re

_MAILBOX = re.compile(r"[^\s<>\x00-\x1f\x7f@]+@[^\s<>\x00-\x1f\x7f@]+", re.ASCII)


def check_address(name: str, address: str) -> None:
    """Refuse what is no mailbox, so that nothing can be smuggled onto the command line.

    Raises:
        ValueError: naming the key ``name``.
    """
    if not address.isascii() or not _MAILBOX.fullmatch(address):
        raise ValueError(f"{name}: {address!r} is not a mailbox: write it as name@example.com")
