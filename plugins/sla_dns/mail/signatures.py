"""The keys by which receivers check a domain's DKIM signatures (RFC 6376, 3.6.1)."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence

from sla_dns.answers import Answer, Unanswered, shortened, text_of
from sla_dns.mail.findings import Looking
from sla_dns.mail.tags import TagError, read_tags

SHORTEST = 1024
GOOD = 2048
"""Bits of an RSA key that receivers accept, and that they should find (RFC 8301, 3.2)."""
USUAL = ("default", "selector1", "selector2", "google", "s1", "s2", "k1", "dkim", "mail", "smtp")
"""Selectors that many mail services and servers choose."""
_A_KEY = "a key by which receivers can check signatures"
_ED25519_LENGTH = 32


class BadKey(ValueError):  # noqa: N818 (it names what was found)
    """The record holds no key that receivers could use; the message says why."""


async def look_at_dkim(looking: Looking, selectors: Sequence[str]) -> None:
    """Whether the keys of the selectors are there; without any, whether some usual one is."""
    for selector in selectors:
        answer = await _answer(looking, selector)
        if answer is not None:
            _judge(looking, selector, answer)
    if not selectors:
        await _try_usual(looking)


async def _answer(looking: Looking, selector: str) -> Answer | None:
    try:
        return await looking.asker.look_up(_place(looking, selector), "TXT")
    except Unanswered as error:
        looking.unanswered(f"DKIM {selector}", error, _A_KEY)
        return None


def _place(looking: Looking, selector: str) -> str:
    return f"{selector}._domainkey.{looking.domain}".removeprefix(".")


async def _try_usual(looking: Looking) -> None:
    """Where there is no name below ``_domainkey`` at all there can be no key (RFC 8020); else some may be found."""
    try:
        below = await looking.asker.look_up(_place(looking, ""), "TXT")
    except Unanswered as error:
        looking.unanswered("DKIM", error, _A_KEY)
        return
    if below.code == "NXDOMAIN":
        told = f"there is no key below _domainkey.{looking.domain}: mail of it cannot be signed"
        looking.bad("DKIM", told, _A_KEY)
        return
    found = False
    for selector in USUAL:
        answer = await _answer(looking, selector)
        if answer is None:
            return
        if answer.records:
            found = True
            _judge(looking, selector, answer)
    if not found:
        told = f"not known: no key under a usual selector ({', '.join(USUAL)}): ask which one the mails name (s=)"
        looking.unknown("DKIM", told, _A_KEY)


def _judge(looking: Looking, selector: str, answer: Answer) -> None:
    what = f"DKIM {selector}"
    if not answer.records:
        looking.bad(what, f"there is no key: {_place(looking, selector)} has no TXT record ({answer.meaning})", _A_KEY)
        return
    if len(answer.records) > 1:
        told = f"there are {len(answer.records)} TXT records, of which receivers take any: leave one"
        looking.bad(what, told, _A_KEY)
        return
    octets = text_of(answer.records[0]) or b""
    try:
        tags = read_tags(octets.decode("utf-8", "replace"))
        bits, told = _read_key(tags)
    except (BadKey, TagError) as error:
        looking.bad(what, f"{error}: {shortened(octets.decode('utf-8', 'backslashreplace'), 80)}", _A_KEY)
        return
    if bits is not None:
        looking.note(f"dkim_bits_{selector}"[:100], bits)
    _judge_key(looking, what, tags, bits, told)


def _judge_key(looking: Looking, what: str, tags: Mapping[str, str], bits: int | None, told: str) -> None:
    if bits is not None and bits < SHORTEST:
        looking.bad(what, f"{told}, which receivers do not accept: make one of {GOOD}", f"at least {SHORTEST} bits")
    elif bits is not None and bits < GOOD:
        looking.weak(what, f"{told}, which can be broken: make one of {GOOD}", f"at least {GOOD} bits")
    else:
        looking.good(what, told, _A_KEY)
    flags = tags.get("t", "").replace(" ", "").split(":")
    if "y" in flags:
        looking.weak(what, "it is marked as a test (t=y), so that receivers may pass over it: take that out", _A_KEY)


def _read_key(tags: Mapping[str, str]) -> tuple[int | None, str]:
    """Bits of an RSA key, and what the key is.

    Raises:
        BadKey: it is none.
    """
    if tags.get("v", "DKIM1") != "DKIM1":
        raise BadKey(f"v={tags['v']} is no version of DKIM: write v=DKIM1")
    if "p" not in tags:
        raise BadKey("p= is missing, which holds the key")
    key = re.sub(r"\s", "", tags["p"])
    if not key:
        raise BadKey("the key was revoked (p= is empty)")
    hashes = [one.strip() for one in tags.get("h", "sha256").split(":")]
    if "sha256" not in hashes:
        raise BadKey("it allows only hashes that receivers no longer accept: take h= out")
    services = [one.strip() for one in tags.get("s", "*").split(":")]
    if not {"*", "email"} & set(services):
        raise BadKey("it is not for e-mail: take s= out")
    try:
        octets = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKey("p= is no base64, so that the key is cut off or was changed on its way") from error
    return _read_octets(tags.get("k", "rsa"), octets)


def _read_octets(kind: str, octets: bytes) -> tuple[int | None, str]:
    if kind == "ed25519":
        if len(octets) != _ED25519_LENGTH:
            raise BadKey(f"an Ed25519 key has {_ED25519_LENGTH} bytes, and this has {len(octets)}")
        return None, "an Ed25519 key"
    if kind != "rsa":
        raise BadKey(f"k={shortened(kind, 20)} is no kind of key that receivers know: write rsa or ed25519")

    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(octets)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadKey("p= is no RSA key, so that it is cut off or was changed on its way") from error
    if not isinstance(key, RSAPublicKey):
        raise BadKey("p= is no RSA key, as k= says")
    return key.key_size, f"an RSA key of {key.key_size} bits"
