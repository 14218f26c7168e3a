import base64
import subprocess
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from sla_engine.testing.servers.smtp import SmtpServer
from sla_engine.testing.servers.web import Page, WebServer

Sla = Callable[..., subprocess.CompletedProcess[str]]
Write = Callable[..., None]
Http = Callable[..., str]

CANARY = "c4n/ry w0rd"


@pytest.mark.parametrize("options", [(), ("--format", "json"), ("--repeat", "2")])
def test_no_secret_is_shown_whatever_is_asked(sla: Sla, write: Write, options: tuple[str, ...], http: Http) -> None:
    secret = '{ env = "CANARY" }'
    with WebServer({"/": Page(f"hello {CANARY}")}) as web, SmtpServer(users={"probe": CANARY}) as mail:
        user = f"http://probe:{quote(CANARY, safe='')}@127.0.0.1"
        write(
            http(
                f"{web.url}/", f"headers.x-token = {secret}", f"form.word = {secret}", 'method = "POST"', check="header"
            )
            + http(f"{user}:{web.port}/gone", check="user")
            + http(f"{user}:99999/", check="unreadable")
            + http(f"{web.url}/", f"headers.authorization = {secret}", 'expect.headers.x = "y"', check="basic")
            + f'[service.shop.check.mail]\nprobe = "smtp"\nhost = "{mail.host}"\nport = {mail.port}\n'
            + f'username = "probe"\npassword = {secret}\nrcpt_to = "a@b.example"\n'
        )
        shown = sla("probe", "shop", "--trace", *options, CANARY=CANARY)
        mail.users = {}
        refused = sla("probe", "shop/mail", "--trace", *options, CANARY=CANARY)

    assert (shown.returncode, refused.returncode) == (1, 1)
    assert all(word in shown.stdout + shown.stderr for word in ("GET /gone", "EHLO", "AUTH"))
    for text in (shown.stdout, shown.stderr, refused.stdout, refused.stderr):
        assert [form for form in forms_of(CANARY) if form in text] == []


def forms_of(word: str) -> list[str]:
    """The word as it is, in an address, and as the ways to log in encode it."""
    plain, basic = f"\0probe\0{word}", f"probe:{word}"
    encoded = [base64.b64encode(text.encode()).decode() for text in (word, plain, basic)]
    return [word, quote(word), quote(word, safe=""), quote_plus(word), *encoded]
