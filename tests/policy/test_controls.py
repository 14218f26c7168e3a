"""The controls that an engine's table names, and what is told of those that are none."""

from collections.abc import Callable

import pytest

from sla_engine.model.controls import Controls, Endpoint
from sla_engine.policy import Compilation
from sla_engine.policy.codes import Code

Compiled = Callable[..., Compilation]


def test_controls_are_host_names_and_endpoints(compiled: Compiled, small: str) -> None:
    compilation = compiled(
        small
        + """
[engine.control]
resolve = ["one.one.one.one", "localhost"]
connect = ["1.1.1.1:443", "dns.google:53", "[2606:4700:4700::1111]:443"]
"""
    )

    assert compilation.policies is not None, compilation.text
    assert compilation.policies.controls == Controls(
        ("one.one.one.one", "localhost"),
        (Endpoint("1.1.1.1", 443), Endpoint("dns.google", 53), Endpoint("2606:4700:4700::1111", 443)),
    )
    assert [str(one) for one in compilation.policies.controls.connect] == [
        "1.1.1.1:443",
        "dns.google:53",
        "[2606:4700:4700::1111]:443",
    ]


def test_without_a_table_there_are_none(compiled: Compiled, small: str) -> None:
    assert compiled(small).policies.controls == Controls()  # type: ignore[union-attr]


def test_controls_may_come_from_the_environment(compiled: Compiled, small: str) -> None:
    text = small + '[engine.control]\nconnect = ["${NEAR:-1.1.1.1:443}", "${FAR:-8.8.8.8:443}"]\n'

    policies = compiled(text, environ={"NEAR": "127.0.0.1:8000"}).policies

    assert policies is not None
    assert [str(one) for one in policies.controls.connect] == ["127.0.0.1:8000", "8.8.8.8:443"]


def test_one_named_twice_is_asked_once(compiled: Compiled, small: str) -> None:
    text = small + '[engine.control]\nresolve = ["${A:-one.example}", "${B:-two.example}"]\n'

    policies = compiled(text, environ={"A": "localhost", "B": "localhost"}).policies

    assert policies is not None
    assert policies.controls.resolve == ("localhost",)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("resolve", "1.1.1.1", "'1.1.1.1' is an address, which needs no resolving"),
        ("resolve", "::1", "'::1' is an address, which needs no resolving"),
        ("resolve", "https://dns.google", "'https://dns.google' is no host name"),
        ("resolve", "-dns.google", "'-dns.google' is no host name"),
        ("resolve", "dns.google:53", "'dns.google:53' is no host name"),
        ("resolve", "", "'' is no host name"),
        ("resolve", "1.1.1", "'1.1.1' is no host name"),
        ("resolve", f"{'a' * 64}.example", f"'{'a' * 64}.example' is no host name"),
        ("connect", "1.1.1.1", "'1.1.1.1' is no host and port"),
        ("connect", "1.1.1.1:0", "'1.1.1.1:0' is no host and port"),
        ("connect", "1.1.1.1:65536", "'1.1.1.1:65536' is no host and port"),
        ("connect", "2606:4700:4700::1111:443", "'2606:4700:4700::1111:443' is no host and port"),
        ("connect", "[1.1.1.1]:443", "'[1.1.1.1]:443' is no host and port"),
        ("connect", "1.1.1.256:443", "'1.1.1.256:443' is no host and port"),
        ("connect", "tcp://1.1.1.1:443", "'tcp://1.1.1.1:443' is no host and port"),
    ],
)
def test_what_is_none_is_told_where_it_stands(
    compiled: Compiled, small: str, key: str, value: str, message: str
) -> None:
    line = f'control = {{ {key} = ["{value}"] }}'

    compilation = compiled(f"{small}[engine]\n{line}\n")

    [found] = compilation.diagnostics
    assert (found.code, found.message) == (Code.WRONG_VALUE, message)
    assert found.source_line[found.span.column - 1 : found.span.end_column - 1] == f'"{value}"'
    assert found.help.startswith("write ")
    assert compilation.policies is None


def test_an_unknown_key_is_told_with_the_one_that_was_meant(compiled: Compiled, small: str) -> None:
    [found] = compiled(small + '[engine.control]\nconect = ["1.1.1.1:443"]\n').diagnostics

    assert (found.code, found.help) == (Code.UNKNOWN_KEY, "did you mean 'connect'?")
