"""Twenty targets beyond a link, one more that is dead, and a control: the link fails at this end, then at the other."""

import asyncio
import os
import subprocess
import sys

from rig import greeting_server, rig, services

NEAR, FAR, NOBODY = "10.77.0.1", "10.77.0.2", "10.77.0.3"
ROLE = "SLA_FAR_END"


def ip(*arguments: str, of: int | None = None) -> None:
    """Run ``ip``, in the network of a process."""
    there = [] if of is None else ["nsenter", "--target", str(of), "--net"]
    subprocess.run([*there, "ip", *arguments], check=True)


def far_end() -> "subprocess.Popen[str]":
    """A process with a network of its own, in which the targets live; the link to it is up."""
    command = ["unshare", "--net", sys.executable, __file__]
    process = subprocess.Popen(
        command, env={**os.environ, ROLE: "1"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == "there\n"
    ip("link", "add", "near", "type", "veth", "peer", "name", "far", "netns", str(process.pid))
    for name, address, of in (("near", NEAR, None), ("far", FAR, process.pid)):
        ip("address", "add", f"{address}/24", "dev", name, of=of)
        ip("link", "set", name, "up", of=of)
    process.stdin.write("go\n")
    process.stdin.flush()
    return process


async def be_far() -> None:
    """Tell when the network is there, wait for the link, listen until the standard input ends."""
    print("there", flush=True)
    sys.stdin.readline()
    print(await greeting_server(FAR), await greeting_server(FAR), flush=True)
    await asyncio.to_thread(sys.stdin.read)


async def main() -> None:
    process = far_end()
    assert process.stdout is not None
    port, control = (int(text) for text in process.stdout.readline().split())
    targets = {f"n{number}": (FAR, port) for number in range(20)} | {"dead": (NOBODY, port)}
    policy = f'[engine]\ncontrol.connect = ["{FAR}:{control}"]\n' + services(targets, every="3s", timeout="2s")
    async with rig(policy) as engine:
        await engine.until("well", up=20, down=1)
        ip("link", "set", "near", "down")
        await engine.until("interface down", error=21)
        ip("link", "set", "near", "up")
        await engine.until("well again", told="back", up=20, down=1)
        ip("link", "set", "far", "down", of=process.pid)
        await engine.until("cable pulled", error=21)
        ip("link", "set", "far", "up", of=process.pid)
        await engine.until("well once more", told="back", up=20, down=1)
    process.communicate()
    engine.tell()


asyncio.run(be_far() if ROLE in os.environ else main())
