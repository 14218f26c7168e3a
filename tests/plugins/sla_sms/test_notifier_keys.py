"""What a policy may write of the sms notifier: each fault is told at its line, and kept in ``golden/keys.txt``."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine.policy import Plugins, compile_policies
from sla_engine.registry.host import load_plugins

NOBODY = {"to": '["+351912345678"]', "from": '"ACME"'}
SMPP = {**NOBODY, "host": '"smpp.example.com"', "system_id": '"sla"', "password": '{ env = "SMPP_PASSWORD" }'}
TWILIO = {**NOBODY, "gateway": '"twilio"', "account": '"AC1"', "password": '{ env = "TWILIO_TOKEN" }'}
OTHER = {**NOBODY, "request": '{ url = "https://sms.example.com/send", form = { to = "{to}", text = "{text}" } }'}
STATUS = '{ url = "https://sms.example.com/{id}", path = "$.state" }'
FAULTS: dict[str, dict[str, str]] = {
    "nobody": {**SMPP, "to": "[]"},
    "a number without its country": {**SMPP, "to": '["912345678"]'},
    "a number with blanks": {**SMPP, "to": '["+351 912 345 678"]'},
    "a mailbox": {**SMPP, "to": '["ops@example.com"]'},
    "one number and no list": {**SMPP, "to": '"+351912345678"'},
    "no sender": {**SMPP, "from": ""},
    "a sender that is too long": {**SMPP, "from": '"A very long name"'},
    "no gateway": NOBODY,
    "no host": {**NOBODY, "gateway": '"smpp"'},
    "a gateway that does not exist": {**NOBODY, "gateway": '"nexmo"'},
    "too many parts": {**SMPP, "max_parts": "11"},
    "no part": {**SMPP, "max_parts": "0"},
    "a key that does not exist": {**SMPP, "max_part": "2"},
    "a long system id": {**SMPP, "system_id": '"a-very-long-system-id"'},
    "a password in clear": {**SMPP, "password": '"secret"'},
    "receipts for a transmitter": {**SMPP, "bind": '"transmitter"', "receipt": "{}"},
    "a wait of no time": {**SMPP, "receipt": '{ within = "0s" }'},
    "an account for SMPP": {**SMPP, "account": '"AC1"'},
    "a host for Twilio": {**TWILIO, "host": '"smpp.example.com"'},
    "Twilio without a password": {**TWILIO, "password": ""},
    "a signature for Twilio": {**TWILIO, "signature": '"sha256"'},
    "a user for Vonage": {**TWILIO, "gateway": '"vonage"', "user": '"SK1"'},
    "a receipt where Vonage is signed": {
        **TWILIO,
        "gateway": '"vonage"',
        "signature": '"sha256"',
        "receipt": "{}",
    },
    "a password for another gateway": {**OTHER, "password": '{ env = "KEY" }'},
    "a receipt without a way to ask": {**OTHER, "receipt": "{}"},
    "states for another gateway": {
        **OTHER,
        "id": '"$.id"',
        "status": STATUS,
        "receipt": '{ states = ["sent"] }',
    },
    "an address that is none": {**NOBODY, "request": '{ url = "sms.example.com" }'},
}


def told(keys: dict[str, str], folder: Path) -> str:
    host = load_plugins()
    lines = [f"{key} = {value}" for key, value in keys.items() if value]
    path = folder / "notify.toml"
    path.write_text("\n".join(["[notifier.phone]", 'via = "sms"', *lines, ""]), encoding="utf-8")
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
    table = {name: told(keys, tmp_path) for name, keys in FAULTS.items()}

    assert [name for name, text in table.items() if not text] == []
    golden("keys.txt", "".join(f"{name}\n{text}\n\n" for name, text in table.items()))


@pytest.mark.parametrize(
    "keys",
    [
        SMPP,
        {**SMPP, "from": '"+351210000000"', "receipt": '{ within = "30s", hex_ids = true }', "tls": "true"},
        {**SMPP, "max_parts": "1", "transliterate": "true", "bind": '"transmitter"'},
        {**TWILIO, "receipt": '{ within = "30s", states = ["sent", "delivered"] }'},
        {**TWILIO, "gateway": '"vonage"', "signature": '"sha256"'},
        OTHER,
        {**OTHER, "id": '"$.id"', "status": STATUS, "receipt": "{}"},
    ],
)
def test_what_makes_sense_is_taken(keys: dict[str, str], tmp_path: Path) -> None:
    assert told(keys, tmp_path) == ""
