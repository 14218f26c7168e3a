"""What went wrong with TLS: each fault has words of its own, the same for every protocol."""

import ssl

from sla_engine.plugin.http import Certificate

# OpenSSL's verification results (x509_vfy.h) that have a cause of their own.
_VERIFICATION = {
    9: "the certificate is not valid yet",
    10: "the certificate has expired",
    18: "the certificate is self-signed",
    19: "the chain ends in a self-signed certificate that is not trusted",
    23: "the certificate was revoked",
    62: "the certificate is for another name",
    64: "the certificate is for another name",
    66: "the key of the certificate is too weak",
    67: "the key of an authority in the chain is too weak",
    68: "a signature in the chain is too weak",
}
_NO_ISSUER = (2, 20, 21)
_WRONG_NAME = ("no alternative certificate subject name", "does not match target host", "Hostname mismatch")
# Parts of OpenSSL's messages, as in error:0A000102:SSL routines::unsupported protocol.
_HANDSHAKE = {
    "unsupported protocol": "the server speaks only versions of TLS that are too old",
    "protocol version": "the server speaks only versions of TLS that are too old",
    "wrong version number": "the server does not speak TLS",
    "packet length too long": "the server does not speak TLS",
    "http request": "the server does not speak TLS",
    "unexpected eof": "the connection was closed in the handshake",
    "unrecognized name": "the server knows no such name",
    "certificate required": "the server wants a client certificate",
    "bad certificate": "the server refuses our certificate",
    "unknown ca": "the server refuses our certificate",
    "handshake failure": "the server accepts none of the ciphers, or wants a client certificate",
    "no shared cipher": "the server accepts none of the ciphers",
    "dh key too small": "the server's Diffie-Hellman key is too small",
    "ee key too small": "the key of the certificate is too weak",
}


def fault_of(error: ssl.SSLError) -> str:
    """Why Python's ``ssl`` gave up."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return certificate_fault(error.verify_code, error.verify_message, ())
    return handshake_fault((error.reason or str(error)).replace("_", " "))


def certificate_fault(result: int, message: str, chain: tuple[Certificate, ...]) -> str:
    """Why a certificate was refused.

    Args:
        result: OpenSSL's.
        chain: what was presented, as far as it is known.
    """
    if any(words in message for words in _WRONG_NAME):
        names = ", ".join(chain[0].names[:5]) if chain else ""
        return f"{_VERIFICATION[62]}{names and f' ({names[:200]})'}"
    if result in _NO_ISSUER:
        return _no_issuer(chain)
    return _VERIFICATION.get(result, f"the certificate was refused: {message}")


def handshake_fault(message: str) -> str:
    """Why there was no TLS session, by OpenSSL's words for it."""
    lowered = message.lower()
    known = next((told for words, told in _HANDSHAKE.items() if words in lowered), None)
    if known is None and ("ssl_error_syscall" in lowered or "connection reset" in lowered):
        known = _HANDSHAKE["unexpected eof"]
    return f"the TLS handshake failed: {known or message}"


def _no_issuer(chain: tuple[Certificate, ...]) -> str:
    """A server that sends nothing beside its own certificate mostly forgot those between it and the authority's."""
    if not chain:
        return "the issuer of the certificate is not trusted"
    issuer = chain[-1].issuer[:200]
    if len(chain) == 1:
        return (
            f"the chain is incomplete, or its authority unknown: the issuer ({issuer}) was not sent and is not trusted"
        )
    return f"the issuer of the certificate is not trusted ({issuer})"
