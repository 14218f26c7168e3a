"""Notifiers that misbehave while they send, each in the way its policy asks for."""

import asyncio
import os
import sys
import time

from attrs import define

from sla_engine.plugin import Delivery, Message, Notifier, NotifyRun, Secret, hookimpl


@define
class BirdNotifier(Notifier):
    does: str
    secret: Secret | None = None

    async def send(self, message: Message, run: NotifyRun) -> Delivery:
        return await _ACTS[self.does](message, run, self)

    def parts(self, message: Message) -> int:
        if self.does == "hang":
            time.sleep(1000)
        if self.does == "sing":
            return 2
        raise SystemExit("no parts")


@define
class ThreadedBirdNotifier(Notifier):
    does: str = "sing"

    def send(self, message: Message, run: NotifyRun) -> Delivery:
        if self.does == "hang":
            time.sleep(1000)
        return Delivery(sent=True, certain=True, detail=f"sung {message.key}")


async def sing(message, run, bird):
    return Delivery(sent=True, certain=True, detail=f"sung {message.key}", reference=str(os.getpid()))


async def bite(message, run, bird):
    raise ValueError("bitten")


async def exit_softly(message, run, bird):
    sys.exit("flying home")


async def exit_hard(message, run, bird):
    os._exit(9)


async def hang(message, run, bird):
    await asyncio.sleep(1000)


async def swallow(message, run, bird):
    while True:
        try:
            await asyncio.sleep(1000)
        except asyncio.CancelledError:
            continue


async def block(message, run, bird):
    time.sleep(1000)


async def nonsense(message, run, bird):
    return "sent, I believe"


async def doubt(message, run, bird):
    return Delivery(sent="maybe", certain=None, detail="")


async def betray(message, run, bird):
    return Delivery(sent=False, certain=True, detail=f"\x1b[2J{run.secrets.reveal(bird.secret)}\ud800" + "x" * 9999)


async def sneak(message, run, bird):
    await run.connect("169.254.169.254", 80)


async def wait_for_ever(message, run, bird):
    return Delivery(sent=False, certain=True, detail="later", retry_after=float("nan"))


_ACTS = {
    "sing": sing,
    "bite": bite,
    "exit-softly": exit_softly,
    "exit-hard": exit_hard,
    "hang": hang,
    "swallow": swallow,
    "block": block,
    "nonsense": nonsense,
    "doubt": doubt,
    "betray": betray,
    "sneak": sneak,
    "wait-for-ever": wait_for_ever,
}


@hookimpl
def sla_notifiers() -> dict:
    return {"bird": BirdNotifier, "threaded-bird": ThreadedBirdNotifier}
