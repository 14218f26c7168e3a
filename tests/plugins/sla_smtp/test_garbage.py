"""Servers that say anything at all: there is always an outcome that names its stage, and never our own failure."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

from sla_engine.plugin import Secret
from sla_smtp.delivery import Deliver

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PIECES = [
    *(
        b"220 hi\r\n",
        b"250-a\r\n",
        b"250 a\r\n",
        b"354 go\r\n",
        b"334 \r\n",
        b"235 in\r\n",
        b"221 bye\r\n",
        b"421 no\r\n",
    ),
    *(b"250", b"-", b" ", b"\r", b"\n", b"\r\n", b"\0", b"\xff\xfe", b"AUTH PLAIN\r\n", b"x" * 5000, b"\x16\x03\x01"),
    *(b"", b"250-AUTH PLAIN LOGIN CRAM-MD5\r\n250 STARTTLS\r\n", b"250 ok\r\n250 ok\r\n", b"\x1b[2J", b"2500 ok\r\n"),
]


def babbling(seed: int) -> Answer:
    """A server that answers as it should four times out of five, and with anything else."""
    chance = random.Random(seed)
    usual = [
        b"220 hi\r\n",
        b"250-a\r\n250 AUTH PLAIN\r\n",
        b"235 in\r\n",
        *[b"250 ok\r\n"] * 3,
        b"354 go\r\n",
        b"250 ok\r\n",
    ]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in usual:
            said = reply if chance.random() < 0.8 else b"".join(chance.choices(PIECES, k=chance.randrange(1, 5)))
            writer.write(said)
            await writer.drain()
            if not await reader.read(10_000):
                return

    return answer


async def test_whatever_a_server_says_the_outcome_is_the_servers_and_names_a_stage(
    converse: Any, at: Any, serve: Any
) -> None:
    login = {"username": "probe", "password": Secret("env", "PASSWORD"), "deliver": Deliver("a@b.example")}
    ports = [await serve(babbling(seed)) for seed in range(150)]

    tries = await asyncio.gather(*(converse(at(port, **login), seconds=2.0) for port in ports))

    outcomes = [outcome for outcome, _ in tries]
    assert {outcome.state.value for outcome in outcomes} <= {"up", "degraded", "down"}
    for outcome in outcomes:
        if outcome.state != "up":
            assert str(outcome.reason).split(":")[0].split()[0] in outcome.phases
            assert str(outcome.reason).isprintable()
        assert "open-sesame" not in f"{outcome.reason}{outcome.evidence}"
