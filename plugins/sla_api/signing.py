"""Requests signed with a shared key (HMAC, RFC 2104)."""

import base64
import hashlib
import hmac
import secrets
from typing import Literal
from urllib.parse import urlsplit

from attrs import evolve, frozen

from sla_api.placeholders import fill, names_in
from sla_engine.plugin import HttpRequest, ProbeRun, Secret

_SIGNED = ("method", "path", "query", "timestamp", "nonce", "body", "body_sha256")
_SENT = ("signature", "timestamp", "nonce")
_MICRO = 1_000_000


@frozen
class Hmac:
    """Sign each request. ``message`` says what is signed, ``value`` how the signature is sent."""

    key: Secret  # the shared key
    message: str  # of {method} {path} {query} {timestamp} {nonce} {body} {body_sha256}
    header: str = "X-Signature"  # header that carries the signature
    value: str = "{signature}"  # of {signature} {timestamp} {nonce}, such as sha256={signature}
    algorithm: Literal["sha1", "sha256", "sha384", "sha512"] = "sha256"  # hash function
    encoding: Literal["hex", "base64"] = "hex"  # how the signature is written
    timestamp_header: str | None = None  # header that carries the {timestamp}, in seconds since 1970
    nonce_header: str | None = None  # header that carries the {nonce}, 32 random hexadecimal digits

    def __attrs_post_init__(self) -> None:
        _only_known("message", self.message, _SIGNED)
        _only_known("value", self.value, _SENT)
        if "signature" not in names_in(self.value):
            raise ValueError("value does not send the signature: write {signature} in it")
        for name, header in (("timestamp", self.timestamp_header), ("nonce", self.nonce_header)):
            if name in names_in(self.message) and header is None and name not in names_in(self.value):
                raise ValueError(f"the server cannot know the {name} that is signed: write {name}_header, too")


def sign(how: Hmac, request: HttpRequest, run: ProbeRun) -> HttpRequest:
    """The request with its signature.

    Raises:
        LookupError: there is no such key.
    """
    body, parts = request.body or b"", urlsplit(request.url)
    known = {
        "method": request.method,
        "path": parts.path or "/",
        "query": parts.query,
        "timestamp": str(run.clock.now() // _MICRO),
        "nonce": secrets.token_hex(16),
        "body_sha256": hashlib.sha256(body).hexdigest(),
    }
    message = body.join(fill(part, known).encode() for part in how.message.split("{body}"))
    digest = hmac.digest(run.secrets.reveal(how.key).encode(), message, how.algorithm)
    signature = digest.hex() if how.encoding == "hex" else base64.b64encode(digest).decode("ascii")
    headers = {**request.headers, how.header: fill(how.value, {**known, "signature": signature})}
    for name, header in (("timestamp", how.timestamp_header), ("nonce", how.nonce_header)):
        if header is not None:
            headers[header] = known[name]
    return evolve(request, headers=headers, private_headers=request.private_headers | {how.header})


def _only_known(key: str, template: str, known: tuple[str, ...]) -> None:
    for name in names_in(template):
        if name not in known:
            raise ValueError(f"{key} has no {{{name}}}: write of {', '.join(f'{{{one}}}' for one in known)}")
