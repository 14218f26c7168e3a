"""``docs/probes/`` and ``docs/notifiers/``: every key in the words of the code, and examples that are policies."""

import asyncio
import re
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import attrs
import pytest

from sla_engine.policy import Plugins, compile_policies
from sla_engine.policy.faults import key_of
from sla_engine.policy.schema import field_comments
from sla_engine.registry.host import load_plugins
from sla_smtp.probe import STAGES

DOCS = Path(__file__).parents[2] / "docs"
PAGES = DOCS / "probes"
HOST = load_plugins()
PROBES = [name for name, owner in HOST.owners.items() if owner.is_built_in]
NOTIFIERS = [name for name, owner in HOST.notifier_owners.items() if owner.is_built_in]
ENGINE_KEYS = {"timeout", "retries"}
INSTEAD = {"api": "http.md", "sms": "api.md"}  # keys that a probe takes over are described where they come from


def page(probe: str) -> str:
    return (PAGES / f"{probe}.md").read_text(encoding="utf-8")


def rows(probe: str) -> list[str]:
    text = page(probe) + ((PAGES / INSTEAD[probe]).read_text(encoding="utf-8") if probe in INSTEAD else "")
    if probe == "sms":
        text += page("http")
    return [line for line in text.splitlines() if line.startswith("| `")]


def tables(kind: type, seen: set[type]) -> Iterator[type]:
    """A class of keys, and those of its fields, as deep as they go."""
    if not attrs.has(kind) or kind in seen or not kind.__module__.startswith("sla_") or kind.__name__ == "Secret":
        return
    seen.add(kind)
    if kind.__module__.startswith("sla_engine."):
        return
    yield kind
    for attribute in attrs.fields(attrs.resolve_types(kind)):
        for member in members(attribute.type):
            yield from tables(member, seen)


def members(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        yield annotation
    for argument in get_args(annotation):
        if argument is not typing.Any:
            yield from members(argument)


@pytest.mark.parametrize("probe", PROBES)
def test_every_key_is_there_in_the_words_of_the_code(probe: str) -> None:
    written = rows(probe)

    missing = [
        f"{table.__name__}.{name}: {comment}"
        for table in tables(HOST.probes[probe], set())
        for name, comment in field_comments(table).items()
        if name not in ENGINE_KEYS
        and not any(row.startswith(f"| `{key_of(name)}` |") and row.endswith(f"| {comment} |") for row in written)
    ]

    assert missing == []


EXAMPLES = [(probe, text) for probe in PROBES for text in re.findall(r"```toml\n(.*?)```", page(probe), re.DOTALL)]


@pytest.mark.parametrize(("probe", "example"), EXAMPLES)
def test_every_example_is_a_policy(probe: str, example: str, tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    service = re.search(r"\[+service\.([a-z-]+)", example)
    named = service[1] if service else probe
    path.write_text(example if "every" in example else f'[service.{named}]\nevery = "15m"\n{example}', encoding="utf-8")

    compilation = compile_policies(
        [path], plugins=Plugins(HOST.probes, HOST.notifiers, HOST.ticket_sources), environ={}
    )

    assert compilation.policies is not None, compilation.text


def notifier_page(notifier: str) -> str:
    return (DOCS / "notifiers" / f"{notifier}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("notifier", NOTIFIERS)
def test_every_key_of_a_notifier_is_there_in_the_words_of_the_code(notifier: str) -> None:
    written = [line for line in (notifier_page(notifier) + page("api")).splitlines() if line.startswith("| `")]

    missing = [
        f"{table.__name__}.{name}: {comment}"
        for table in tables(HOST.notifiers[notifier], set())
        for name, comment in field_comments(table).items()
        if not any(row.startswith(f"| `{key_of(name)}` |") and row.endswith(f"| {comment} |") for row in written)
    ]

    assert missing == []


@pytest.mark.parametrize("notifier", NOTIFIERS)
def test_every_example_of_a_notifier_is_a_policy(notifier: str, tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", notifier_page(notifier), re.DOTALL)
    assert examples != []

    for number, example in enumerate(examples):
        path = tmp_path / f"{number}.toml"
        path.write_text(example, encoding="utf-8")
        compilation = compile_policies(
            [path], plugins=Plugins(HOST.probes, HOST.notifiers, HOST.ticket_sources), environ={}
        )
        assert compilation.policies is not None, compilation.text


@pytest.mark.parametrize(("answer", "told"), [(b"ok\n", (True, True)), (b"no\n", (False, True)), (b"", (False, False))])
async def test_the_guides_notifier_sends(serve: Any, deliver: Any, answer: bytes, told: tuple[bool, bool]) -> None:
    [code] = re.findall(r"```python\n([^`]*class GongNotifier.*?)```", (DOCS / "plugins.md").read_text(), re.DOTALL)
    made: dict[str, Any] = {}
    exec(code, made)
    heard = []

    async def gong(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readline())
        writer.write(answer)

    delivery = await deliver(made["GongNotifier"](host="127.0.0.1", port=await serve(gong)))

    assert heard == [b"m-17-1 API down\n"]
    assert (delivery.sent, delivery.certain) == told


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_of_a_mail_server_is_named(stage: str) -> None:
    assert f"`{stage}`" in page("smtp")
