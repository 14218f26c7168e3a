"""What went wrong in a transfer, in words that tell one fault from another."""

import errno
import os
from typing import Any

import pycurl
from attrs import frozen

from sla_engine.plugin import Certificate, Doubt
from sla_engine.plugin.tls_faults import certificate_fault, handshake_fault
from sla_engine.registry.connect import has_descriptors, has_route

# Codes that pycurl does not name: CURLE_WEIRD_SERVER_REPLY, CURLE_QUIC_CONNECT_ERROR, CURLE_PROXY,
# CURLE_TOO_LARGE.
_WEIRD_SERVER_REPLY = 8
_NOT_HTTP = frozenset({_WEIRD_SERVER_REPLY, pycurl.E_UNSUPPORTED_PROTOCOL})
_QUIC_CONNECT = 96
_PROXY = 97
_TOO_LARGE = 100
_PROTOCOL = {
    _TOO_LARGE: "a line of the headers is longer than libcurl reads (100 kB)",
    pycurl.E_GOT_NOTHING: "the connection was closed without an answer",
    pycurl.E_PARTIAL_FILE: "the body ended before its announced length",
    pycurl.E_SEND_ERROR: "the connection broke while the request was sent",
    pycurl.E_RECV_ERROR: "the connection broke while the answer was read",
}
_OWN_FILES = frozenset({pycurl.E_SSL_CACERT_BADFILE, pycurl.E_SSL_CERTPROBLEM, pycurl.E_BAD_FUNCTION_ARGUMENT})
_OWN_LIBRARY = frozenset({pycurl.E_FAILED_INIT, pycurl.E_NOT_BUILT_IN, pycurl.E_OUT_OF_MEMORY, pycurl.E_UNKNOWN_OPTION})
_TLS = _OWN_FILES | {pycurl.E_PEER_FAILED_VERIFICATION, pycurl.E_SSL_CONNECT_ERROR}
_NOBODY_AT_UDP = "nobody listens at that UDP port"
_CONNECTING = frozenset({pycurl.E_COULDNT_RESOLVE_HOST, pycurl.E_COULDNT_CONNECT, _QUIC_CONNECT})
_BROKEN = frozenset({pycurl.E_SEND_ERROR, pycurl.E_RECV_ERROR})
_OWN_FAULTS = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL}
_NO_ROUTE = {errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EHOSTDOWN}


@frozen
class Fault:
    """A transfer that failed.

    Attributes:
        stage: overrides the stage that the times tell, or None.
        ours: whether it says something of this machine only.
        doubt: whether our own network may be the cause.
    """

    reason: str
    stage: str | None = None
    ours: bool = False
    doubt: Doubt | None = None


def explain(curl: Any, code: int, message: str, tried: str, chain: tuple[Certificate, ...]) -> Fault:
    """What libcurl's error code stands for.

    Args:
        tried: the last address that was connected to.
        chain: the certificates that were presented.
    """
    is_connected = curl.getinfo(pycurl.CONNECT_TIME_T) > 0
    if code in _CONNECTING or (code in _BROKEN and not is_connected):
        return _not_connected(curl, message, tried)
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return Fault("no answer before the deadline", doubt=Doubt.NETWORK)
    if code in _TLS:
        return _tls_fault(curl, code, message, chain)
    if code == pycurl.E_RECV_ERROR and "alert" in message:
        # With TLS 1.3 a server refuses after the client has begun to speak.
        return Fault(handshake_fault(message), "tls")
    stage = "send" if code == pycurl.E_SEND_ERROR else None
    return Fault(_protocol_fault(code, message), stage, ours=code in _OWN_LIBRARY)


def explain_proxy(curl: Any, code: int, message: str, tried: str) -> Fault | None:
    """What a failure says of the proxy on the way, or None where it says something of the target.

    A proxy that cannot be used is our own equipment; one that says that it does not reach the target is believed as far
    as its own network is.
    """
    status = curl.getinfo(pycurl.HTTP_CONNECTCODE)
    if status >= 500:
        return Fault(f"it answered {status} to CONNECT", "proxy", doubt=Doubt.NETWORK)
    if status >= 300:
        return Fault(f"it answered {status} to CONNECT", "proxy", ours=True)
    if code == _PROXY:
        return Fault(_lowered(message), "proxy", doubt=Doubt.NETWORK, ours="denied" in message or "login" in message)
    if code == pycurl.E_COULDNT_CONNECT:
        return Fault(_not_connected(curl, message, tried).reason, "proxy", ours=True)
    return None


def _not_connected(curl: Any, message: str, tried: str) -> Fault:
    number = curl.getinfo(pycurl.OS_ERRNO) or (errno.ECONNREFUSED if "refused" in message else 0)
    if number in _OWN_FAULTS or not has_descriptors():
        return Fault(f"no connection: {os.strerror(number).lower() if number else message}", "connect", ours=True)
    if number == 0:
        return Fault(_NOBODY_AT_UDP if "sending data" in message else _lowered(message), "connect")
    words = "connection refused" if number == errno.ECONNREFUSED else os.strerror(number).lower()
    if number in _NO_ROUTE:
        ours = not has_route(tried, 9)
        return Fault(f"no connection: {words}", "connect", ours=ours, doubt=Doubt.NETWORK)
    return Fault(words, "connect", doubt=Doubt.NETWORK if number == errno.ETIMEDOUT else None)


def _tls_fault(curl: Any, code: int, message: str, chain: tuple[Certificate, ...]) -> Fault:
    if code in _OWN_FILES:
        return Fault(f"the files of the check cannot be used: {message[:200]}", "tls", ours=True)
    if code == pycurl.E_SSL_CONNECT_ERROR:
        return Fault(handshake_fault(message), "tls")
    return Fault(certificate_fault(curl.getinfo(pycurl.SSL_VERIFYRESULT), message, chain), "tls")


def _protocol_fault(code: int, message: str) -> str:
    if "HTTP/0.9" in message:  # what libcurl takes an answer for that has no status line
        return "the answer is not HTTP"
    if code in _NOT_HTTP:
        return f"the answer is not HTTP: {message}"
    if code == pycurl.E_RECV_ERROR and "unexpected eof" in message:
        return _PROTOCOL[pycurl.E_GOT_NOTHING]
    if code == pycurl.E_RECV_ERROR and not message.startswith("Recv failure"):
        return f"protocol error: {message}"
    return _PROTOCOL.get(code) or f"protocol error: {message}"


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]
