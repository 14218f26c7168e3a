"""A proxy on the way: which it is, and whether a target may be asked for through it."""

from ipaddress import ip_address

from attrs import frozen

from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.http.names import is_numeric

SCHEMES = ("http", "https", "socks5h")


@frozen
class Proxy:
    """A proxy's address taken apart.

    Attributes:
        url: as libcurl takes it, without user and password.
        host: in ASCII, without brackets.
    """

    url: str
    host: str
    port: int


def parse_proxy(address: str) -> Proxy:
    """Take a proxy's address apart.

    Raises:
        ValueError: it is no address of a proxy that can be used.
    """
    import pycurl

    try:
        parts = pycurl.CurlUrl(address.encode(), pycurl.U_NON_SUPPORT_SCHEME)
    except pycurl.error as error:
        raise ValueError(f"proxy {address!r} is no address: {error.args[-1]}") from error
    if parts.scheme not in SCHEMES or parts.port is None:
        raise ValueError(f"proxy {address!r} must begin with http, https or socks5h, and end with its port")
    if parts.user is not None or parts.password is not None:
        raise ValueError("a proxy's user and password do not belong into its address")
    return Proxy(f"{parts.scheme}://{parts.host}:{parts.port}", parts.host.strip("[]"), int(parts.port))


def check_target(guard: NetworkGuard, host: str) -> None:
    """Ask the guard about a target that only the proxy connects to: by its address where it is one, else by its name.

    Raises:
        Refused: the rules do not let a check ask for it.
    """
    if is_numeric(host):
        guard.check(str(ip_address(host)), host)
    else:
        guard.check_name(host)
