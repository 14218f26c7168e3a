"""Open a TCP connection for a probe: find a name's addresses, ask the guard about each, take the first that answers."""

import asyncio
import errno
import os
import socket
import threading
from typing import Any

from sla_engine.plugin import AddressRefused
from sla_engine.registry.guard import NetworkGuard

_AddressInfo = tuple[int, int, int, str, Any]
_OWN_FAULTS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL})


async def resolve_and_connect(guard: NetworkGuard, host: str, port: int, timeout: float) -> socket.socket:
    """A connected, non-blocking socket.

    Every address gets an equal share of the seconds that are left when its turn comes, so that one dead address does
    not use up the time of the others.

    Raises:
        AddressRefused: the guard allows none of the addresses.
        OSError: the name does not resolve, no address accepts, or ``timeout`` seconds have passed (`TimeoutError`).
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    async with asyncio.timeout_at(deadline):
        found = await resolve(host, port)
    refused: AddressRefused | None = None
    failed: OSError | None = None
    for turn, (family, kind, protocol, _, address) in enumerate(found):
        try:
            guard.check(str(address[0]), host)
        except AddressRefused as error:
            refused = error
            continue
        share = (deadline - loop.time()) / (len(found) - turn)
        try:
            return await _connect(family, kind, protocol, address, share)
        except OSError as error:
            failed = error
    if failed is not None:
        raise failed
    raise refused or OSError(errno.EADDRNOTAVAIL, f"{host} has no address")


async def resolve(host: str, port: int) -> list[_AddressInfo]:
    """The addresses of a name, as `socket.getaddrinfo` gives them, without repetition.

    A thread of its own does the asking, because a resolver that hangs cannot be stopped: the default pool would soon be
    full of such threads, and the engine would wait for them when it ends.

    Raises:
        socket.gaierror: the name does not resolve.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[_AddressInfo]] = loop.create_future()

    def tell(found: list[_AddressInfo] | None, error: OSError | UnicodeError | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(list(dict.fromkeys(found or ())))

    def ask() -> None:
        found: list[_AddressInfo] | None = None
        problem: OSError | UnicodeError | None = None
        try:
            found = list[_AddressInfo](socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except UnicodeError:
            problem = socket.gaierror(socket.EAI_NONAME, f"{host!r} is no host name")
        except OSError as error:
            problem = _own_want(error)
        try:
            loop.call_soon_threadsafe(tell, found, problem)
        except RuntimeError:  # the loop has ended, so nobody is waiting
            return

    threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    return await answer


def _own_want(error: OSError) -> OSError:
    """The error, or that no descriptor was left: a resolver that lacks one may say anything, an errno of 0 too."""
    if error.errno != 0 and has_descriptors():
        return error
    return OSError(errno.EMFILE, os.strerror(errno.EMFILE))


def is_own_fault(error: OSError) -> bool:
    """Whether a failed connection says something of this machine only: no descriptors, no memory, no ports."""
    return error.errno in _OWN_FAULTS


def has_route(address: str, port: int) -> bool:
    """Whether this machine knows any way to an address; nothing is sent to find out."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, port))
    except OSError as error:
        return error.errno not in (errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
    return True


def has_descriptors() -> bool:
    """Whether this process can still open a socket."""
    try:
        socket.socket().close()
    except OSError:
        return False
    return True


async def _connect(family: int, kind: int, protocol: int, address: Any, timeout: float) -> socket.socket:
    opened = socket.socket(family, kind, protocol)
    opened.setblocking(False)
    try:
        async with asyncio.timeout(max(timeout, 0)):
            await asyncio.get_running_loop().sock_connect(opened, address)
    except BaseException:
        opened.close()
        raise
    return opened
