"""Probes that misbehave while they run, each in the way its policy asks for."""

import asyncio
import os
import signal
import subprocess
import sys
import time

from attrs import define

from sla_engine.plugin import Outcome, Probe, ProbeRun, Secret, hookimpl


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("it cannot even say what")


@define
class AnimalProbe(Probe):
    does: str
    secret: Secret | None = None

    async def run(self, run: ProbeRun) -> Outcome:
        return await _ACTS[self.does](run, self)


@define
class ThreadedProbe(Probe):
    does: str = "up"

    def run(self, run: ProbeRun) -> Outcome:
        if self.does == "hang":
            time.sleep(1000)
        if self.does == "exit":
            sys.exit(7)
        if self.does == "stop":
            raise StopIteration("out of the thread")
        return Outcome.up(phases={"think": 0.001})


async def behave(run, animal):
    return Outcome.up(phases={"connect": 0.001}, values={"process": os.getpid()}, evidence="purring")


async def bite(run, animal):
    raise ValueError("bitten")


async def raise_base(run, animal):
    raise BaseException("from the very base")


async def raise_mute(run, animal):
    raise Mute


async def exit_softly(run, animal):
    sys.exit("going home")


async def exit_hard(run, animal):
    os._exit(9)


async def die(run, animal):
    os.kill(os.getpid(), signal.SIGSEGV)


async def hang(run, animal):
    await asyncio.sleep(1000)


async def swallow(run, animal):
    while True:
        try:
            await asyncio.sleep(1000)
        except asyncio.CancelledError:
            continue


async def cancel_itself(run, animal):
    asyncio.current_task().cancel()
    await asyncio.sleep(0)


async def block(run, animal):
    time.sleep(1000)


async def spin(run, animal):
    while True:
        pass


async def breed(run, animal):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
    run.log.warning("bred", process=child.pid)
    with open(os.environ["ZOO_NEST"], "w") as nest:
        nest.write(str(child.pid))
    time.sleep(1000)


async def eat(run, animal):
    return Outcome.up(evidence=str(len(bytearray(64 * 1024**3))))


async def chatter(run, animal):
    print("to standard output")
    sys.stdout.flush()
    os.write(1, b"\xff" * 100)
    os.close(0)
    os.close(1)
    return Outcome.up()


async def leave_thread(run, animal):
    asyncio.get_running_loop().run_in_executor(None, time.sleep, 1000)
    return Outcome.up()


async def tell_secret(run, animal):
    text = run.secrets.reveal(animal.secret)
    run.log.warning(f"the secret is {text}", also=[text])
    raise ValueError(f"cannot log in with {text}")


_ACTS = {
    "behave": behave,
    "bite": bite,
    "raise-base": raise_base,
    "raise-mute": raise_mute,
    "exit-softly": exit_softly,
    "exit-hard": exit_hard,
    "die": die,
    "hang": hang,
    "swallow": swallow,
    "cancel-itself": cancel_itself,
    "block": block,
    "spin": spin,
    "breed": breed,
    "eat": eat,
    "chatter": chatter,
    "leave-thread": leave_thread,
    "tell-secret": tell_secret,
}


@hookimpl
def sla_probes():
    return {"animal": AnimalProbe, "threaded": ThreadedProbe}


@hookimpl
def sla_secret(reference):
    return "from the zoo" if reference.reference == "zoo" else None
