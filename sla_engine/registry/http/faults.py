"""What went wrong in a transfer, in words that tell one fault from another."""

import errno
import os
from typing import Any

import pycurl
from attrs import frozen

from sla_engine.registry.connect import has_descriptors, has_route

# CURLE_WEIRD_SERVER_REPLY and CURLE_TOO_LARGE, which pycurl does not name.
_WEIRD_SERVER_REPLY = 8
_TOO_LARGE = 100
_PROTOCOL = {
    _TOO_LARGE: "a line of the headers is longer than libcurl reads (100 kB)",
    _WEIRD_SERVER_REPLY: "the answer is not HTTP",
    pycurl.E_GOT_NOTHING: "the connection was closed without an answer",
    pycurl.E_PARTIAL_FILE: "the body ended before its announced length",
    pycurl.E_SEND_ERROR: "the connection broke while the request was sent",
    pycurl.E_RECV_ERROR: "the connection broke while the answer was read",
}
# OpenSSL's verification results (x509_vfy.h) that have a cause of their own.
_CERTIFICATE = {
    9: "the certificate is not valid yet",
    10: "the certificate has expired",
    18: "the certificate is self-signed",
    19: "the chain ends in a self-signed certificate that is not trusted",
    20: "the issuer of the certificate is not trusted",
    21: "the issuer of the certificate is not trusted",
    23: "the certificate was revoked",
    62: "the certificate is for another name",
}
_TLS = {pycurl.E_PEER_FAILED_VERIFICATION, pycurl.E_SSL_CONNECT_ERROR, pycurl.E_SSL_CACERT_BADFILE}
_OWN_FAULTS = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL}
_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH}
_WRONG_NAME = ("no alternative certificate subject name", "does not match target host")


@frozen
class Fault:
    """A transfer that failed.

    Attributes:
        stage: overrides the stage that the times tell, or None.
        ours: whether it says something of this machine only.
    """

    reason: str
    stage: str | None = None
    ours: bool = False


def explain(curl: Any, code: int, message: str) -> Fault:
    """What libcurl's error code stands for."""
    if code == pycurl.E_COULDNT_RESOLVE_HOST:
        return Fault("the name does not resolve", "resolve", ours=not has_descriptors())
    if code == pycurl.E_COULDNT_CONNECT:
        return _not_connected(curl, message)
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return Fault("no answer before the deadline")
    if code in _TLS:
        return _tls_fault(curl, code, message)
    return Fault(_protocol_fault(code, message), ours=code == pycurl.E_OUT_OF_MEMORY)


def _not_connected(curl: Any, message: str) -> Fault:
    number = curl.getinfo(pycurl.OS_ERRNO)
    address = curl.getinfo(pycurl.PRIMARY_IP)
    if number in _OWN_FAULTS or not has_descriptors():
        return Fault(f"no connection: {os.strerror(number) if number else message}", "connect", ours=True)
    if number in _NO_ROUTE:
        ours = bool(address) and not has_route(address, 9)
        return Fault(f"no connection: {os.strerror(number).lower()}", "connect", ours=ours)
    reason = (
        "connection refused" if number == errno.ECONNREFUSED else os.strerror(number).lower() if number else message
    )
    return Fault(reason, "connect")


def _protocol_fault(code: int, message: str) -> str:
    if "HTTP/0.9" in message:  # what libcurl takes an answer for that has no status line
        return _PROTOCOL[_WEIRD_SERVER_REPLY]
    if code == pycurl.E_RECV_ERROR and not message.startswith("Recv failure"):
        return f"protocol error: {message}"
    return _PROTOCOL.get(code) or f"protocol error: {message}"


def _tls_fault(curl: Any, code: int, message: str) -> Fault:
    if code == pycurl.E_PEER_FAILED_VERIFICATION:
        return Fault(_certificate_fault(curl, message), "tls")
    return Fault(f"the TLS handshake failed: {message}", "tls", ours=code == pycurl.E_SSL_CACERT_BADFILE)


def _certificate_fault(curl: Any, message: str) -> str:
    if any(words in message for words in _WRONG_NAME):
        return _CERTIFICATE[62]
    result = curl.getinfo(pycurl.SSL_VERIFYRESULT)
    return _CERTIFICATE.get(result, f"the certificate was refused: {message}")
