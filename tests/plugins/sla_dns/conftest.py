"""A real nameserver on loopback, and the dns probe asked of it as a policy would."""

import base64
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sla_engine.plugin import Finding, Outcome
from sla_engine.testing.fixtures import RunProbe
from sla_engine.testing.servers.dns import DnsServer

Ask: TypeAlias = Callable[..., Outcome]


@pytest.fixture
def nameserver() -> Iterator[DnsServer]:
    with DnsServer() as server:
        yield server


@pytest.fixture
def ask(nameserver: DnsServer, run_probe: RunProbe) -> Ask:
    """Run the probe against the nameserver; the keys as TOML, a line each."""

    def run(*lines: str, server: str | None = None) -> Outcome:
        whom = server or f"127.0.0.1:{nameserver.port}"
        return run_probe("\n".join(['probe = "dns"', f'server = "{whom}"', *lines]))

    return run


@pytest.fixture
def found(ask: Ask) -> Callable[..., dict[str, Finding]]:
    """The findings about mail of a domain, by what they are about; the worst of each."""

    def run(domain: str = "shop.example", **keys: Any) -> dict[str, Finding]:
        written = ", ".join([f'domain = "{domain}"', *(f"{key} = {value}" for key, value in keys.items())])
        worst: dict[str, Finding] = {}
        order = ["up", "degraded", "error", "down"]
        for finding in ask(f"mail = {{ {written} }}").findings:
            known = worst.get(finding.what)
            if known is None or order.index(finding.state) > order.index(known.state):
                worst[finding.what] = finding
        return worst

    return run


@pytest.fixture(scope="session")
def rsa_key() -> Callable[[int], str]:
    """The public part of an RSA key in base64, by its length."""
    made: dict[int, str] = {}

    def key(bits: int) -> str:
        if bits not in made:
            public = rsa.generate_private_key(65537, bits).public_key()
            made[bits] = encoded(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
        return made[bits]

    return key


@pytest.fixture(scope="session")
def ed25519_key() -> str:
    public = ed25519.Ed25519PrivateKey.generate().public_key()
    return encoded(public.public_bytes(Encoding.Raw, PublicFormat.Raw))


def encoded(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
