"""The notifier in ``docs/plugins.md``, tried as its reader would try it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
[CODE] = re.findall(r"```python\n# line_notifier.py\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(
    ("answer", "sent", "certain"), [("ok 1\n", True, True), ("no\n", False, True), ("", False, False)]
)
async def test_it_tells_what_became_of_a_message(
    serve: Callable[..., Awaitable[int]], deliver: Callable[..., Awaitable[Any]], answer: str, sent: bool, certain: bool
) -> None:
    taken: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(await reader.readline())
        writer.write(answer.encode())

    module: dict[str, Any] = {}
    exec(CODE, module)
    notifier = module["sla_notifiers"]()["line"](host="127.0.0.1", port=await serve(talk))

    delivery = await deliver(notifier)

    assert (delivery.sent, delivery.certain) == (sent, certain)
    assert taken == [b"m-17-1 API is down\n"]


async def test_where_nobody_listens_nothing_was_sent(deliver: Callable[..., Awaitable[Any]]) -> None:
    module: dict[str, Any] = {}
    exec(CODE, module)

    delivery = await deliver(module["sla_notifiers"]()["line"](host="127.0.0.1", port=1))

    assert (delivery.sent, delivery.certain) == (False, True)
