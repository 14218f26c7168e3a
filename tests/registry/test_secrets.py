from pathlib import Path

import pytest

from sla_engine.plugin import Secret
from sla_engine.registry.secrets import SecretSource


@pytest.fixture
def source() -> SecretSource:
    return SecretSource({"TOKEN": "tok-12345"}, lambda secret: "from-vault" if secret.reference == "db" else None)


def test_a_secret_comes_from_the_environment_a_file_or_a_plugin(source: SecretSource, tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("from-file\n")

    assert source.reveal(Secret("env", "TOKEN")) == "tok-12345"
    assert source.reveal(Secret("file", str(tmp_path / "pw"))) == "from-file"
    assert source.reveal(Secret("plugin", "db")) == "from-vault"


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        (Secret("env", "NOWHERE"), "the environment has no NOWHERE"),
        (Secret("file", "/nowhere/pw"), "/nowhere/pw"),
        (Secret("plugin", "other"), "other"),
    ],
)
def test_a_secret_that_is_not_there_is_named_and_not_guessed(
    source: SecretSource, secret: Secret, message: str
) -> None:
    with pytest.raises(LookupError, match=message):
        source.reveal(secret)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("'http://me:word@host:99999/' is no URL", "'http://***@host:99999/' is no URL"),
        ("amqps://me:w@rd@host/x", "amqps://***@host/x"),
        ("see https://host/?mail=a@b.example", "see https://host/?mail=a@b.example"),
        ("mail a@b.example about https://host", "mail a@b.example about https://host"),
    ],
)
def test_the_user_and_password_in_an_address_are_hidden(source: SecretSource, told: str, kept: str) -> None:
    assert source.hide(told) == kept


def test_what_was_revealed_is_hidden_in_texts(source: SecretSource) -> None:
    assert source.hide("token tok-12345") == "token tok-12345"

    source.reveal(Secret("env", "TOKEN"))

    assert source.hide("token tok-12345, again tok-12345") == "token ***, again ***"


def test_a_secret_that_a_quotation_cuts_off_is_hidden_too(source: SecretSource) -> None:
    source.reveal(Secret("env", "TOKEN"))

    assert source.hide("header 'Bearer tok-12…, body 'tok-…', expected …") == (
        "header 'Bearer ***…, body '***…', expected …"
    )


def test_a_secret_does_not_show_itself() -> None:
    assert "TOKEN" in str(Secret("env", "TOKEN"))
    assert "tok-12345" not in repr(SecretSource({"TOKEN": "tok-12345"}, lambda _: None))
