"""Sixty-four descriptors: first too many slow runs for them, then somebody who takes all that there are."""

import asyncio
import resource
import socket
import subprocess
import sys

from rig import greeting_server, rig, services

from sla_engine.model.result import State

CHECKS = 40
LIMIT = 64


async def serve() -> None:
    """Greet after the seconds that the newest line of the standard input says, until it ends."""
    delay = [0.0]
    print(await greeting_server("127.0.0.1", lambda: delay[0]), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        delay.append(float(line))
        del delay[0]


def take_all() -> list[socket.socket]:
    """Open sockets until there are no descriptors left."""
    taken = []
    while True:
        try:
            taken.append(socket.socket())
        except OSError:
            return taken


async def main() -> None:
    # The targets are in a process of their own, which has descriptors enough.
    server = subprocess.Popen(
        [sys.executable, __file__, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert server.stdin is not None
    assert server.stdout is not None
    port = int(server.stdout.readline())
    resource.setrlimit(resource.RLIMIT_NOFILE, (LIMIT, LIMIT))
    targets = {f"n{number}": ("127.0.0.1", port) for number in range(CHECKS)}
    async with rig(services(targets, every="2s", timeout="20s")) as engine:
        health = engine.engine.health
        await engine.until("well", up=CHECKS)
        server.stdin.write("1.5\n")
        await engine.until_counted(lambda: health.overloaded, CHECKS)
        await engine.keep("overload")
        server.stdin.write("0\n")
        await engine.until("well again", up=CHECKS)

        taken = take_all()
        await engine.until_counted(lambda: health.results[State.ERROR], health.results[State.ERROR] + 2 * CHECKS)
        troubles = list(engine.engine.troubles())
        for one in taken:
            one.close()
        await engine.keep("no descriptors")  # the store is asked through a descriptor
        engine.found["no descriptors"]["troubles"] = troubles
        await engine.until("well once more", up=CHECKS)
    server.communicate()
    engine.tell()


asyncio.run(serve() if "serve" in sys.argv else main())
