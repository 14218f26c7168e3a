"""Whom to ask: the nameservers of this machine, or those that a check names."""

from sla_dns.answers import Unanswered
from sla_dns.asking import Asker, Server
from sla_dns.names import parse_server, read_address
from sla_engine.plugin import ProbeRun

_MOST_ADDRESSES = 4
_NO_RESOLVER = "this machine has no resolver: /etc/resolv.conf names none"


def own_servers() -> tuple[Server, ...]:
    """The nameservers of this machine.

    Raises:
        Unanswered: there is none.
    """
    from dns.exception import DNSException
    from dns.resolver import Resolver

    try:
        found = Resolver()
    except (DNSException, OSError) as error:
        raise Unanswered(_NO_RESOLVER) from error
    servers = tuple(Server(str(one), found.port, str(one)) for one in found.nameservers if isinstance(one, str))
    if not servers:
        raise Unanswered(_NO_RESOLVER)
    return servers


async def find_servers(run: ProbeRun, written: str, default_port: int) -> tuple[Server, ...]:
    """The addresses of a server that a check names, each by leave of the guard.

    Raises:
        Unanswered: its name has no address.
        AddressRefused: the policies do not allow it.
    """
    host, port = parse_server(written, default_port)
    addresses = [host] if read_address(host) else await _addresses(run, host)
    for address in addresses:
        run.check_address(address)
    return tuple(Server(address, port, host) for address in addresses)


async def _addresses(run: ProbeRun, host: str) -> list[str]:
    asker = Asker(run, own_servers())
    found = [text for kind in ("A", "AAAA") for text in (await asker.look_up(host, kind)).texts]
    if not found:
        raise Unanswered(f"{host} has no address", is_certain=True)
    return found[:_MOST_ADDRESSES]
