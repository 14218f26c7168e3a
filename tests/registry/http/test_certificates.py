"""Certificates: the chain that a server presents is evidence, and a client can show one too."""

import asyncio
import hashlib
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from sla_engine.plugin import HttpError, HttpResponse
from sla_engine.plugin.http import HttpRequest
from sla_engine.testing.servers.certificates import LocalAuthority

Serve = Callable[..., Awaitable[int]]
Fetch = Callable[..., Awaitable[HttpResponse]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def test_every_certificate_of_the_chain_is_told_with_its_fingerprint(
    fetch: Fetch, serve: Serve, pages: Any, authority: LocalAuthority, ca_file: str
) -> None:
    port = await serve(pages({"/": OK}, []), ssl=authority.chain_context())

    leaf, above = (await fetch(f"https://127.0.0.1:{port}/", ca_file=ca_file)).certificates

    seen = await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", port))
    assert leaf.sha256 == hashlib.sha256(ssl.PEM_cert_to_DER_cert(seen)).hexdigest()
    assert leaf.issuer == above.subject
    assert leaf.names == ("127.0.0.1", "localhost")
    assert leaf.not_before < leaf.not_after


async def test_a_chain_that_is_refused_is_told_too(
    fetch: Fetch, serve: Serve, pages: Any, authority: LocalAuthority
) -> None:
    port = await serve(pages({"/": OK}, []), ssl=authority.chain_context())

    with pytest.raises(HttpError, match="not trusted") as caught:
        await fetch(f"https://127.0.0.1:{port}/")

    assert len(caught.value.certificates) == 2


async def test_without_verification_a_bad_chain_is_told_and_believed(
    fetch: Fetch, serve: Serve, pages: Any, authority: LocalAuthority
) -> None:
    port = await serve(pages({"/": OK}, []), ssl=authority.server_context("elsewhere.example"))

    answer = await fetch(f"https://127.0.0.1:{port}/", verify=False)

    assert answer.status == 200
    assert answer.certificates[0].names == ("elsewhere.example",)


async def test_a_client_certificate_is_shown_its_key_opened_by_a_password(
    fetch: Fetch, serve: Serve, pages: Any, authority: LocalAuthority, ca_file: str, tmp_path: Path
) -> None:
    port = await serve(pages({"/": OK}, []), ssl=authority.asking_context())
    url = f"https://127.0.0.1:{port}/"
    pair = authority.write_pair(tmp_path / "pair.pem", "client.example")
    key = serialization.load_pem_private_key(pair.read_bytes(), None)
    locked = tmp_path / "key.pem"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"open sesame"),
        )
    )

    in_one = await fetch(url, ca_file=ca_file, certificate_file=str(pair))
    opened = await fetch(
        url, ca_file=ca_file, certificate_file=str(pair), key_file=str(locked), key_password="open sesame"
    )
    with pytest.raises(HttpError, match="the files of the check cannot be used") as caught:
        await fetch(url, ca_file=ca_file, certificate_file=str(pair), key_file=str(locked), key_password="wrong")

    assert (in_one.status, opened.status) == (200, 200)
    assert caught.value.ours


async def test_a_client_certificate_is_not_shown_to_another_host(
    client: Any, serve: Serve, pages: Any, authority: LocalAuthority, ca_file: str, tmp_path: Path
) -> None:
    asking = await serve(pages({"/": OK}, []), ssl=authority.asking_context())
    away = f"HTTP/1.1 302 -\r\nLocation: https://127.0.0.1:{asking}/\r\nContent-Length: 0\r\n\r\n".encode()
    first = await serve(pages({"/": away}, []))
    pair = str(authority.write_pair(tmp_path / "pair.pem"))

    with pytest.raises(HttpError) as caught:
        await client().fetch(HttpRequest(f"http://127.0.0.1:{first}/", ca_file=ca_file, certificate_file=pair))

    assert caught.value.certificates
