from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sla_engine.store import Store, open_store

ARTICLES = {
    "en/spf.md": "# How do I set up SPF?\n\ntags: dns, sender\n\nPublish **one** TXT record.\n",
    "en/bounces.md": "# Why are my mails rejected?\n\ntags: bounce, 550\n\nA server that rejects says why.\n",
    "en/sms-length.md": "# How long may an SMS be?\n\n160 letters, or 70 with emoji. Rejected ones cost nothing.\n",
    "pt/spf.md": "# Como configuro o SPF?\n\nPublique um único registo. As mensagens são verificadas.\n",
    "pt/opt-in.md": "# Preciso do consentimento dos destinatários?\n\ntags: rgpd\n\nSim: à inscrição.\n",
    "fr/opt-in.md": "# Faut-il le consentement des destinataires ?\n\nOui, à l'inscription, par délivrabilité.\n",
    "de/bounces.md": "# Warum werden meine Mails abgewiesen?\n\nDie Größe zählt.\n",
    "es/sms-length.md": "# ¿Cuántos caracteres caben en un SMS?\n\nCiento sesenta.\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in ARTICLES.items():
        path = tmp_path / "faq" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "faq"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url) as opened:
        opened.upgrade()
        yield opened


@pytest.fixture
def write(folder: Path) -> Callable[[str, str | bytes], None]:
    """Write a file of the FAQ."""

    def to(name: str, content: str | bytes) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return to
