"""Signatures with shared secrets, several while one takes the place of the other."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

from sla_engine.plugin import Secret
from sla_engine.plugin.probe import Secrets

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64  # bytes, by the specification's section on signatures


def signatures(references: Sequence[Secret], secrets: Secrets, key: str, second: int, body: str) -> str:
    """The value of ``webhook-signature``: one signature for each secret, with blanks between them.

    Args:
        key: of the message.
        second: of the try, since the Unix epoch.

    Raises:
        LookupError: a secret is not there.
        ValueError: a secret is none for webhooks; the message does not tell it.
    """
    at = datetime.fromtimestamp(second, UTC)
    return " ".join(_signer(reference, secrets).sign(key, at, body) for reference in references)


def _signer(reference: Secret, secrets: Secrets) -> Webhook:
    """The library itself passes over what is no base64, and would sign with whatever is left."""
    text = secrets.reveal(reference).strip()
    if not text.startswith(_PREFIX):
        raise ValueError(f"the {reference} does not begin with {_PREFIX}, so it is none for webhooks")
    encoded = text.removeprefix(_PREFIX).rstrip("=")
    try:
        secret = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"the {reference} is no base64 after {_PREFIX}") from None
    if not _SHORTEST <= len(secret) <= _LONGEST:
        raise ValueError(f"the {reference} has {len(secret)} bytes: it must be from {_SHORTEST} to {_LONGEST}")
    return Webhook(secret)
