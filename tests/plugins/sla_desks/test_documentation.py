"""``docs/ticket-sources.md`` and the guide for authors: every key in the words of the code, examples that work."""

import re
from pathlib import Path
from typing import Any

import attrs
import pytest

from sla_engine.policy import Plugins, compile_policies
from sla_engine.policy.faults import key_of
from sla_engine.policy.schema import field_comments
from sla_engine.registry.host import load_plugins
from sla_engine.testing.fixtures import RunTicketSource
from tests.plugins.sla_desks.conftest import Ask
from tests.plugins.sla_desks.look_alikes import Zammad

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "ticket-sources.md").read_text(encoding="utf-8")
HOST = load_plugins()
OURS = [name for name, owner in HOST.source_owners.items() if owner.is_built_in]
GROUND = '[support.first]\ntitle = "First"\n[support.second]\ntitle = "Second"\n[customer.acme]\nname = "ACME"\n'


@pytest.mark.parametrize("name", OURS)
def test_every_key_is_there_in_the_words_of_the_code(name: str) -> None:
    section = PAGE[PAGE.index(f"## `{name}`") :]
    source = HOST.ticket_sources[name]

    comments = field_comments(source)
    assert set(comments) == {one.name for one in attrs.fields(source)}
    missing = [
        name
        for name, comment in comments.items()
        if not re.search(rf"^\| `{key_of(name)}` \| .* \| {re.escape(comment)} \|$", section, re.MULTILINE)
    ]
    assert missing == []


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
def test_every_example_is_a_policy(example: str, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(GROUND + example, encoding="utf-8")

    compilation = compile_policies(
        [tmp_path], plugins=Plugins(HOST.probes, HOST.notifiers, HOST.ticket_sources), environ={}
    )

    assert compilation.policies is not None, compilation.text


async def test_the_guides_source_tells_its_lines(ask: Ask, serve: Any) -> None:
    [code] = re.findall(
        r"```python\n([^`]*class LedgerSource.*?)```", (DOCS / "plugins.md").read_text(encoding="utf-8"), re.DOTALL
    )
    made: dict[str, Any] = {}
    exec(code, made)
    asked = []

    async def ledger(reader: Any, writer: Any) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split()[1].decode())
        body = b"7 opened 1790000000\n7 answered 1790003600\n"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    source = made["LedgerSource"](f"http://127.0.0.1:{await serve(ledger)}/")
    first = await ask(source)
    await ask(source, first.position)

    assert [(one.ticket, one.act, one.key) for one in first.events] == [
        ("7", "opened", "opened/1790000000"),
        ("7", "answered", "answered/1790003600"),
    ]
    assert asked == ["/?after=0", "/?after=1790003600"]


def test_a_source_is_tried_from_its_toml(zammad: Zammad, run_ticket_source: RunTicketSource) -> None:
    toml = f'via = "zammad"\nurl = "{zammad.url}"\ntoken = {{ env = "TOKEN" }}'

    news = run_ticket_source(toml, environ={"TOKEN": Zammad.token})

    assert (news.events, news.is_more) == ((), False)
    with pytest.raises(ValueError, match="unknown key 'tokken'"):
        run_ticket_source(toml.replace("token", "tokken"))
