"""Ticket sources that misbehave while they are asked, each in the way its policy asks for."""

import asyncio
import os
import sys
import time

from attrs import define

from sla_engine.plugin import CallRefused, Secret, SourceError, SourceEvent, SourceNews, TicketSource, hookimpl

WORD = SourceEvent("7", "opened", 1_790_000_000_000_000, "opened")


@define
class ParrotSource(TicketSource):
    does: str
    secret: Secret | None = None

    async def fetch(self, position, run):
        return await _ACTS[self.does](position, run, self)

    async def hear(self, call, run):
        if call.body != b"polly":
            raise CallRefused("not my word")
        return await _ACTS[self.does](None, run, self)


@define
class ThreadedParrotSource(TicketSource):
    does: str = "talk"

    def fetch(self, position, run):
        if self.does == "hang":
            time.sleep(1000)
        return SourceNews((WORD,))


async def talk(position, run, parrot):
    return SourceNews((WORD,), f"{position}:{os.getpid()}")


async def bite(position, run, parrot):
    raise ValueError("bitten")


async def busy(position, run, parrot):
    raise SourceError("come again", 12)


async def exit_softly(position, run, parrot):
    sys.exit("flying home")


async def exit_hard(position, run, parrot):
    os._exit(9)


async def hang(position, run, parrot):
    await asyncio.sleep(1000)


async def block(position, run, parrot):
    time.sleep(1000)


async def nonsense(position, run, parrot):
    return [WORD]


async def babble(position, run, parrot):
    return SourceNews((SourceEvent("7", "flown", 1, "k"),))


async def number(position, run, parrot):
    return SourceNews((SourceEvent(7, "opened", 1, "k"),))


async def moment(position, run, parrot):
    return SourceNews((SourceEvent("7", "opened", "noon", "k"),))


async def place(position, run, parrot):
    return SourceNews((), 7)


async def betray(position, run, parrot):
    raise SourceError(f"\x1b[2J{run.secrets.reveal(parrot.secret)}\ud800" + "x" * 9999, float("nan"))


async def sneak(position, run, parrot):
    await run.connect("169.254.169.254", 80)


_ACTS = {
    "talk": talk,
    "bite": bite,
    "busy": busy,
    "exit-softly": exit_softly,
    "exit-hard": exit_hard,
    "hang": hang,
    "block": block,
    "nonsense": nonsense,
    "babble": babble,
    "number": number,
    "moment": moment,
    "place": place,
    "betray": betray,
    "sneak": sneak,
}


@hookimpl
def sla_ticket_sources() -> dict:
    return {"parrot": ParrotSource, "threaded-parrot": ThreadedParrotSource, "zammad": ParrotSource, "stuffed": object}
