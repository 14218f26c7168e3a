"""A real SMPP 3.4 gateway, in a process of its own because its library must not run inside the engine's.

Run as ``python -m sla_engine.testing.servers.smpp PORT``; it says ``ready`` when it takes connections.
"""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import smpp34

_PATIENCE = 10.0
_RECEIPT = 0b0000_0100


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
    sessions, number = {}, 0
    while True:
        event = await server.next()
        if isinstance(event, smpp34.Esme):
            sessions[event.session_id] = event
        elif isinstance(event, smpp34.Unbound):
            sessions.pop(event.session_id, None)
        else:
            number += 1
            event.accept(f"{number:08d}")
            session = sessions.get(event.session_id)
            if event.registered_delivery and session is not None and session.can_receive:
                await _tell_delivered(session, event, f"{number:08d}")


async def _tell_delivered(session: "smpp34.Esme", message: "smpp34.SubmitSmEvent", message_id: str) -> None:
    """Send the receipt of a message, in the form of SMPP 3.4, appendix B."""
    import smpp34

    text = f"id:{message_id} sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 stat:DELIVRD err:000 text:"
    with contextlib.suppress(smpp34.SmppError):  # whoever sent the message may be gone
        await session.deliver_sm(
            message.source_addr, text.encode(), source_addr=message.destination_addr, esm_class=_RECEIPT
        )


def _end_with_parent() -> None:
    """Its parent holds the other end of this pipe; when that is gone, nobody needs the gateway."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
