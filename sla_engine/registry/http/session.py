"""What the requests of one run share, and no other run sees."""

from typing import Any

import pycurl
from attrs import field, frozen

from sla_engine.plugin import Certificate, Trace
from sla_engine.registry.guard import NetworkGuard


def _new_share() -> Any:
    """Cookies, addresses of names and open connections; all are gone with it."""
    share = pycurl.CurlShare()
    for kind in (pycurl.LOCK_DATA_COOKIE, pycurl.LOCK_DATA_DNS, pycurl.LOCK_DATA_CONNECT):
        share.setopt(pycurl.SH_SHARE, kind)
    return share


@frozen(eq=False)
class Session:
    """The requests of one run.

    Attributes:
        trace: takes the lines of the dialogue, or None.
        share: libcurl's own store of what they share.
        addresses: of the names that were resolved for connections that are to be used again.
        handshakes: the certificates and the TLS version of such connections, by host and port, which libcurl tells only
            of those that it makes.
    """

    guard: NetworkGuard
    trace: Trace | None = None
    share: Any = field(factory=_new_share, repr=False)
    addresses: dict[str, list[str]] = field(factory=dict)
    handshakes: dict[tuple[str, str], tuple[tuple[Certificate, ...], str | None]] = field(factory=dict)
