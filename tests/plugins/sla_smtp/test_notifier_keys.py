"""What a policy may write of the email notifier: each fault is told at its line, and kept in ``golden/keys.txt``."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine.policy import Plugins, compile_policies
from sla_engine.registry.host import load_plugins

GOOD = {"server": '"smtp://mail.example.com:587"', "from": '"sla@example.com"', "to": '["it@example.com"]'}
LOGIN = {"username": '"sla"', "password": '{ env = "PASSWORD" }'}
FAULTS: dict[str, dict[str, str]] = {
    "no server": {"server": '""'},
    "a server without a scheme": {"server": '"mail.example.com:25"'},
    "a server of another kind": {"server": '"http://mail.example.com"'},
    "a port that is none": {"server": '"smtp://mail.example.com:99999"'},
    "a login in the address": {"server": '"smtp://sla:secret@mail.example.com"'},
    "no sender": {"from": ""},
    "a sender that is none": {"from": '"sla"'},
    "a sender with a line end": {"from": '"sla@example.com\\r\\nBcc: x@example.com"'},
    "a recipient that is none": {"to": '["it@example.com", "it at example.com"]'},
    "recipients that are no list": {"to": '"it@example.com"'},
    "answers to nobody": {"reply_to": '"help"'},
    "a return path with a name": {"return_path": '"Bounces <bounces@example.com>"'},
    "a key that does not exist": {"recipients": '["it@example.com"]'},
    "a way of TLS that does not exist": {"tls": '"implicit"'},
    "a username alone": {"username": '"sla"'},
    "a password in clear": {"username": '"sla"', "password": '"secret"'},
    "a password over clear text": {**LOGIN, "tls": '"none"'},
    "a greeting of two words": {"helo": '"my host"'},
    "a way to log in that does not exist": {**LOGIN, "auth": '"digest-md5"'},
    "a signature without a key": {"dkim": '{ domain = "example.com", selector = "sla" }'},
    "a signature of no domain": {"dkim": '{ domain = "example com", selector = "sla", key = { file = "k.pem" } }'},
}


def told(keys: dict[str, str], folder: Path) -> str:
    host = load_plugins()
    lines = [f"{key} = {value}" for key, value in keys.items() if value]
    path = folder / "notify.toml"
    path.write_text("\n".join(["[notifier.it]", 'via = "email"', *lines, ""]), encoding="utf-8")
    compilation = compile_policies(
        [path], plugins=Plugins(host.probes, host.notifiers, host.ticket_sources), environ={}
    )
    return "\n".join(
        f"  {one.level} in line {one.span.line} {one.source_line}: {one.message}"
        + (f"\n    help: {one.help}" if one.help else "")
        for one in compilation.diagnostics
        if one.level == "error"
    )


def test_each_fault_is_told_where_it_stands(golden: Callable[[str, str], None], tmp_path: Path) -> None:
    table = {name: told({**GOOD, **keys}, tmp_path) for name, keys in FAULTS.items()}

    assert [name for name, text in table.items() if not text] == []
    golden("keys.txt", "".join(f"{name}\n{text}\n\n" for name, text in table.items()))


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"to": ""},
        {"server": '"smtps://mail.example.com"'},
        {"server": '"smtp://[2001:db8::1]:25"'},
        {"from": '"Áurea, Lda. <sla@example.com>"', "reply_to": '"help@example.com"', "return_path": '""'},
        LOGIN,
        {**LOGIN, "tls": '"none"', "clear_text_login": "true"},
        {**LOGIN, "tls": '"none"', "server": '"smtp://localhost"'},
    ],
)
def test_what_makes_sense_is_taken(keys: dict[str, str], tmp_path: Path) -> None:
    assert told({**GOOD, **keys}, tmp_path) == ""
