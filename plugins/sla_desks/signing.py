"""Who posted it: signatures over what was posted, made with a secret that only the help desk has."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from sla_engine.plugin import CallRefused, Secret, SourceError, SourceRun, WebhookCall

_ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}


def check_signature(call: WebhookCall, header: str, secret: Secret | None, run: SourceRun) -> None:
    """Refuse what the secret did not sign, as in ``X-Hub-Signature: sha1=...``.

    Raises:
        CallRefused: it has no signature, or another.
        SourceError: the secret is not there.
    """
    algorithm, equals, signature = call.headers.get(header, "").strip().partition("=")
    if algorithm not in _ALGORITHMS or not equals:
        raise CallRefused(f"it has no signature in {header}")
    check_digest(call.body, algorithm, signature, secret, run)


def check_digest(content: bytes, algorithm: str, signature: str, secret: Secret | None, run: SourceRun) -> None:
    """Refuse what the secret did not sign.

    Raises:
        CallRefused: the signature is another's.
        SourceError: the secret is not there.
    """
    if secret is None:
        raise CallRefused("the policy has no secret for webhooks")
    try:
        key = run.secrets.reveal(secret).encode()
    except LookupError as error:
        raise SourceError(f"secret: {error.args[0]}") from error
    expected = hmac.new(key, content, _ALGORITHMS[algorithm]).hexdigest()
    if not key or not hmac.compare_digest(expected.encode(), signature.strip().lower().encode()):
        raise CallRefused("its signature does not fit")


def posted(call: WebhookCall) -> Mapping[str, Any]:
    """What was posted.

    Raises:
        CallRefused: it is no JSON object.
    """
    try:
        document = json.loads(call.body)
    except (ValueError, RecursionError) as error:
        raise CallRefused(f"it is no JSON: {error}") from None
    if not isinstance(document, Mapping):
        raise CallRefused("it is no JSON object")
    return document
