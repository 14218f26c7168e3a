"""Signatures of the email notifier, verified by dkimpy with the key that a real nameserver publishes."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dkim
import dns.resolver
import pytest
from attrs import evolve
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from dkim.crypto import HASH_ALGORITHMS

from sla_engine.plugin import Message
from sla_engine.testing.fixtures import RunNotifier
from sla_engine.testing.servers.smtp import SmtpServer

MESSAGE = Message(
    "incident-7-opened",
    "A API não responde — " + "muito " * 30,
    "A API  responde 503. \n\n.\nDesde as 11:00.\t\n\n\n",
    "pt",
    html="<p>A API não responde</p>\n" * 40,
    thread="incident/7/infrastructure",
    at=1_793_444_400_000_000,
    headers={"List-Unsubscribe": f"<https://maxony.example/{'x' * 90}>, <mailto:stop@maxony.example>"},
)
TO = 'to = ["it@maxony.example"]\n'
RSA = generate_rsa_key(65537, 2048)
ED25519 = Ed25519PrivateKey.generate()


def pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return str(key.private_bytes(Encoding.PEM, form, NoEncryption()).decode())


def seed(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())).decode()


def published(key: Any) -> str:
    """The TXT record of a key (RFC 6376, 3.6.1)."""
    if isinstance(key, Ed25519PrivateKey):
        return "v=DKIM1; k=ed25519; p=" + base64.b64encode(key.public_key().public_bytes_raw()).decode()
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode()


class VerifyKey:
    """Ed25519 for dkimpy, which leaves it to a library of its own, by the one that is there."""

    def __init__(self, public: bytes, encoder: Any) -> None:
        del encoder
        self._key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public))

    def verify(self, message: bytes, signature: bytes) -> None:
        self._key.verify(signature, message)


@pytest.fixture
def lookup(zone: Any, nameserver: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., bytes | None]:
    """Ask the nameserver for a TXT record, as dkimpy wants it."""
    errors = SimpleNamespace(BadSignatureError=InvalidSignature, ValueError=ValueError)
    substitute = SimpleNamespace(
        signing=SimpleNamespace(VerifyKey=VerifyKey), encoding=SimpleNamespace(Base64Encoder=None), exceptions=errors
    )
    monkeypatch.setattr(dkim, "nacl", substitute, raising=False)
    resolver = dns.resolver.Resolver(configure=False)
    address, _, port = nameserver.partition(":")
    resolver.nameservers, resolver.port = [address], int(port)

    def ask(name: bytes, timeout: float = 5) -> bytes | None:
        try:
            answer = resolver.resolve(name.decode(), "TXT", lifetime=timeout)
        except dns.resolver.NXDOMAIN:
            return None
        return b"".join(answer[0].strings)

    return ask


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture
def send_signed(server: SmtpServer, run_notifier: RunNotifier, tmp_path: Path) -> Callable[..., Any]:
    """Send a message signed with this key; gives what became of it, and what arrived."""

    def send(private: str, message: Message = MESSAGE) -> tuple[Any, bytes | None]:
        (tmp_path / "key").write_text(private)
        table = f'dkim = {{ domain = "maxony.example", selector = "sla", key = {{ file = "{tmp_path / "key"}" }} }}\n'
        address = f'server = "smtp://{server.host}:{server.port}"\nfrom = "SLA <sla@maxony.example>"\ntls = "none"\n'
        delivery = run_notifier(f'via = "email"\n{address}{TO}{table}', message)
        return delivery, server.mailbox[-1].content if server.mailbox else None

    return send


@pytest.mark.parametrize(
    ("private", "key", "algorithm"),
    [
        (pem(RSA), RSA, b"rsa-sha256"),
        (pem(RSA, PrivateFormat.TraditionalOpenSSL), RSA, b"rsa-sha256"),
        (pem(ED25519), ED25519, b"ed25519-sha256"),
        (seed(ED25519), ED25519, b"ed25519-sha256"),
    ],
    ids=["rsa", "rsa in PKCS#1", "ed25519", "ed25519 as a seed"],
)
def test_what_arrives_bears_a_signature_that_others_verify(
    send_signed: Any, zone: Any, lookup: Any, private: str, key: Any, algorithm: bytes
) -> None:
    zone.texts = {"sla._domainkey.maxony.example": published(key)}

    delivery, content = send_signed(private)

    verifier = dkim.DKIM(content)
    assert delivery.sent
    assert verifier.verify(dnsfunc=lookup)
    assert (verifier.domain, verifier.selector) == (b"maxony.example", b"sla")
    assert verifier.signature_fields[b"a"] == algorithm
    assert verifier.signature_fields[b"c"] == b"relaxed/relaxed"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"503", b"200"),
        (b"From: SLA", b"From: SLB"),
        (b"Message-ID: <incident-7", b"Message-ID: <incident-8"),
        (b"From: SLA", b"From: Thief <x@evil.example>\r\nFrom: SLA"),
        (b"From: SLA", b"Subject: All is well\r\nFrom: SLA"),
        (b"From: SLA", b"Reply-To: thief@evil.example\r\nFrom: SLA"),
    ],
    ids=["text", "sender", "id", "second sender", "second subject", "reply-to"],
)
def test_whatever_is_changed_or_added_breaks_the_signature(
    send_signed: Any, zone: Any, lookup: Any, before: bytes, after: bytes
) -> None:
    zone.texts = {"sla._domainkey.maxony.example": published(RSA)}
    _, content = send_signed(pem(RSA))

    assert dkim.verify(content, dnsfunc=lookup)
    assert before in content
    assert not dkim.verify(content.replace(before, after, 1), dnsfunc=lookup)


def test_a_signature_survives_what_relays_do_to_blanks(send_signed: Any, zone: Any, lookup: Any) -> None:
    zone.texts = {"sla._domainkey.maxony.example": published(RSA)}
    _, content = send_signed(pem(RSA))

    refolded = content.replace(b"Auto-Submitted: auto", b"AUTO-SUBMITTED:\r\n\t auto") + b"\r\n\r\n"

    assert dkim.verify(b"Received: by relay.example\r\n" + refolded, dnsfunc=lookup)


def test_one_click_unsubscribing_is_signed(send_signed: Any) -> None:
    _, content = send_signed(pem(RSA))

    signed = dkim.util.parse_tag_value(content.partition(b"DKIM-Signature:")[2].split(b"\r\nFrom:")[0])[b"h"]

    assert b"list-unsubscribe" in signed  # RFC 8058, 4


@pytest.mark.parametrize(
    ("private", "told"),
    [
        ("hunter2", "neither the PEM of an RSA or Ed25519 key nor 32 bytes in base64"),
        (pem(RSA)[:300], "neither the PEM"),
        (pem(generate_private_key(SECP256R1())), "of a kind that DKIM does not know"),
    ],
    ids=["a password", "half a key", "another kind"],
)
def test_without_a_key_to_sign_with_nothing_is_sent_and_the_key_is_not_told(
    send_signed: Any, server: SmtpServer, private: str, told: str
) -> None:
    delivery, _ = send_signed(private)

    assert (delivery.sent, delivery.certain, delivery.is_final) == (False, True, False)
    assert delivery.detail.startswith("dkim.key is no key to sign with: ")
    assert told in delivery.detail
    assert private[:20] not in delivery.detail
    assert server.mailbox == []


def test_a_mail_without_a_text_is_signed_too(send_signed: Any, zone: Any, lookup: Any) -> None:
    zone.texts = {"sla._domainkey.maxony.example": published(ED25519)}

    _, content = send_signed(pem(ED25519), evolve(MESSAGE, text="", html=None))

    assert dkim.verify(content, dnsfunc=lookup)


def test_dkimpy_with_our_ed25519_verifies_the_example_of_rfc_8463(zone: Any, lookup: Any) -> None:
    zone.texts = {
        "brisbane._domainkey.football.example.com": (
            "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
        )
    }
    mail = b"""DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
"""
    assert b"ed25519-sha256" in HASH_ALGORITHMS
    assert dkim.verify(mail.replace(b"\n", b"\r\n"), dnsfunc=lookup)
