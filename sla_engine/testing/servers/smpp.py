"""A real SMPP 3.4 gateway, in a process of its own because its library must not run inside the engine's.

Run as ``python -m sla_engine.testing.servers.smpp PORT``; it says ``ready`` when it takes connections.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from typing import Self

_PATIENCE = 10.0


class SmppGateway:
    """The gateway as its user sees it: a port on loopback, and ways to make it fail.

    Attributes:
        port: where it listens, the same through every refusal and return.
    """

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.port = _free_port()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.mend()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def break_(self, *, hang: bool = False) -> None:
        """Refuse connections from now on, or with ``hang`` take them and say nothing."""
        if hang and self._process is not None:
            self._process.send_signal(signal.SIGSTOP)
        else:
            self._end()

    def mend(self) -> None:
        """Work again."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            return
        self._process = subprocess.Popen(  # noqa: S603 (this very module)
            [sys.executable, "-m", "sla_engine.testing.servers.smpp", str(self.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != "ready":
            self._end()
            raise RuntimeError("the SMPP gateway did not start")

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait(_PATIENCE)
        self._process = None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def _serve(port: int) -> None:
    import smpp34

    server = smpp34.Server("127.0.0.1", port, system_id="gateway")
    await server.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    asyncio.get_running_loop().run_in_executor(None, _end_with_parent)
    number = 0
    while True:
        event = await server.next()
        if isinstance(event, smpp34.SubmitSmEvent):
            number += 1
            event.accept(f"{number:08d}")


def _end_with_parent() -> None:
    """Its parent holds the other end of this pipe; when that is gone, nobody needs the gateway."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
