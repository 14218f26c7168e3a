"""Signatures by which receivers know that a domain answers for a mail: DKIM (RFC 6376), by RSA or Ed25519 (RFC 8463).

Made with the cryptography library, whose RSA takes constant time; dkimpy, which the tests verify with, computes it in
Python, and leaves Ed25519 to one more library.
"""

import base64
import binascii
import hashlib
import re
from typing import TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sla_smtp.headers import field

_SHORTEST = 1024  # bits of an RSA key that receivers accept (RFC 8301, 3.2)
# Named once more than they are there, so that nobody can add one of them unnoticed (RFC 6376, 8.15).
_CLOSED = (b"from", b"to", b"subject", b"date", b"reply-to", b"content-type")
_MICRO = 1_000_000

Key: TypeAlias = RSAPrivateKey | Ed25519PrivateKey


def sign(mail: bytes, *, domain: str, selector: str, private: str, at: int) -> bytes:
    """The mail with its signature as the first field; all its fields and its whole content are signed.

    Args:
        mail: with CRLF line ends, and no field more than once.
        domain: who answers for it.
        selector: under which name the public key is published.
        private: PEM of an RSA or Ed25519 key, or the 32 bytes of an Ed25519 key in base64.
        at: microseconds since the Unix epoch.

    Raises:
        ValueError: there is no such private key; the message does not tell it.
    """
    key = _read_key(private)
    head, _, body = mail.partition(b"\r\n\r\n")
    fields = [_relaxed(line) for line in re.split(rb"\r\n(?![ \t])", head)]
    tags = {
        "v": "1",
        "a": "rsa-sha256" if isinstance(key, RSAPrivateKey) else "ed25519-sha256",
        "c": "relaxed/relaxed",
        "d": domain,
        "s": selector,
        "t": str(at // _MICRO),
        "h": " : ".join(name.decode("ascii") for name in (*map(_name, fields), *_CLOSED)),
        "bh": _base64(hashlib.sha256(_relaxed_body(body)).digest()),
        "b": "",
    }
    unsigned = field("DKIM-Signature", "; ".join(f"{tag}={value}" for tag, value in tags.items())).removesuffix("\r\n")
    text = b"\r\n".join([*fields, _relaxed(unsigned.encode())])
    signature = _base64(_signature(key, text))
    lines = "".join(f"\r\n {signature[start : start + 70]}" for start in range(0, len(signature), 70))
    return f"{unsigned}{lines}\r\n".encode() + mail


def _read_key(private: str) -> Key:
    try:
        if "-----BEGIN" not in private:
            return Ed25519PrivateKey.from_private_bytes(base64.b64decode(private.strip(), validate=True))
        key = load_pem_private_key(private.encode(), None)
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm):
        raise ValueError("it is neither the PEM of an RSA or Ed25519 key nor 32 bytes in base64") from None
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise ValueError("it is of a kind that DKIM does not know: take RSA or Ed25519")
    if isinstance(key, RSAPrivateKey) and key.key_size < _SHORTEST:
        raise ValueError(f"it has {key.key_size} bits, and receivers want at least {_SHORTEST}")
    return key


def _signature(key: Key, text: bytes) -> bytes:
    if isinstance(key, RSAPrivateKey):
        return key.sign(text, PKCS1v15(), SHA256())
    return key.sign(hashlib.sha256(text).digest())  # of the hash, not of the text: RFC 8463, 3


def _relaxed(line: bytes) -> bytes:
    """A field in relaxed form (RFC 6376, 3.4.2), without its line end."""
    name, _, value = line.partition(b":")
    return name.strip().lower() + b":" + re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip(b" ")


def _relaxed_body(body: bytes) -> bytes:
    """A content in relaxed form (RFC 6376, 3.4.4)."""
    text = re.sub(rb"[ \t]+", b" ", body).replace(b" \r\n", b"\r\n").rstrip(b" \r\n")
    return text + b"\r\n" if text else b""


def _name(field: bytes) -> bytes:
    return field.partition(b":")[0]


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
