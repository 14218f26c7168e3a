"""The addresses of a name, found before libcurl is asked.

libcurl has 20 threads for the names of all transfers: one name server that hangs fills them, and holds up the end of
the engine. Nor does it tell a name that does not exist from a resolver that says nothing.
"""

import asyncio
import re
import socket

from sla_engine.plugin import Doubt
from sla_engine.registry.connect import has_descriptors, resolve
from sla_engine.registry.http.faults import Fault

_NUMERIC = re.compile(r"[\d.]+|[0-9a-fA-F:.%]*:.*")
_FAMILIES = {"ipv4": (socket.AF_INET, "IPv4"), "ipv6": (socket.AF_INET6, "IPv6")}
_SILENT = frozenset({socket.EAI_AGAIN, socket.EAI_SYSTEM, socket.EAI_FAIL})
_NAMELESS = frozenset({socket.EAI_NONAME, socket.EAI_NODATA, socket.EAI_ADDRFAMILY})


class UnresolvedError(Exception):
    """A name has no address that can be used.

    Attributes:
        fault: why.
    """

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


def is_numeric(host: str) -> bool:
    """Whether a host, as libcurl's parser writes it, is an address already."""
    return _NUMERIC.fullmatch(host) is not None


async def addresses_of(host: str, port: int, family: str | None, timeout: float) -> list[str]:
    """The addresses of a name, of one family or in the order in which both should be tried.

    Raises:
        UnresolvedError: there is none, or nobody says.
    """
    try:
        async with asyncio.timeout(timeout):
            found = await resolve(host, port)
    except TimeoutError:
        raise UnresolvedError(_ours("the resolver gave no answer before the deadline")) from None
    except (OSError, RuntimeError) as error:
        raise UnresolvedError(_explain(error)) from error
    wanted = [str(address[0]) for kind, _, _, _, address in found if family is None or kind == _FAMILIES[family][0]]
    if not wanted and family is not None:
        reason = f"the name has no {_FAMILIES[family][1]} address"
        raise UnresolvedError(Fault(reason, "resolve", doubt=Doubt.RESOLVER))
    return wanted


def _explain(error: OSError | RuntimeError) -> Fault:
    if not isinstance(error, OSError):  # no thread can be started
        return Fault(f"the name cannot be resolved: {error}", "resolve", ours=True)
    if not has_descriptors():
        return Fault("the name cannot be resolved: no descriptors are left", "resolve", ours=True)
    if error.errno in _NAMELESS:
        return Fault("the name does not resolve", "resolve", doubt=Doubt.RESOLVER)
    if error.errno in _SILENT:
        return _ours("the resolver gives no answer")
    return Fault(f"the name cannot be resolved: {error.strerror}", "resolve", ours=True)


def _ours(reason: str) -> Fault:
    return Fault(reason, "resolve", ours=True, doubt=Doubt.RESOLVER)
