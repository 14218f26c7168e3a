"""The peers, as they are installed: the monitoring plugins as processes, and one blackbox_exporter."""

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from attrs import frozen

from tests.peers.verdicts import EXITS

PLUGINS = Path("/usr/lib/nagios/plugins")
_COMPLAINT = re.compile(r'msg="((?:Error|Invalid|Failed|Body did|Regexp did|TLS Handshake)[^"]*)"(.*)')
_CAUSE = re.compile(r' err="((?:[^"\\]|\\.)*)"')
_LISTENS = re.compile(rb"msg=\"Listening on\" address=127\.0\.0\.1:(\d+)")


async def exit_of(command: Sequence[str]) -> str:
    """Run a plugin of the monitoring plugins; gives the word of its exit status."""
    process = await asyncio.create_subprocess_exec(
        str(PLUGINS / command[0]),
        *command[1:],
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    status = await process.wait()
    return EXITS.get(status, f"exit {status}")


@frozen
class Blackbox:
    """A blackbox_exporter that runs."""

    port: int

    async def probe(self, module: str, target: str) -> tuple[bool, str]:
        """Have it probe; gives its success, and its first complaint."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 24)
        query = urlencode({"module": module, "target": target, "debug": "true"})
        writer.write(f"GET /probe?{query} HTTP/1.0\r\n\r\n".encode())
        answer = (await reader.read()).decode()
        writer.close()
        return "\nprobe_success 1\n" in answer, _complaint(answer)


def _complaint(log: str) -> str:
    """The first thing that went wrong, without addresses and times, which differ each time."""
    if (complaint := _COMPLAINT.search(log)) is None:
        return ""
    cause = _CAUSE.search(complaint[2])
    return f"{complaint[1]}: {cause[1].split(': current time')[0].rpartition(': ')[2]}" if cause else complaint[1]


@asynccontextmanager
async def blackbox(modules: Mapping[str, Any], folder: Path) -> AsyncIterator[Blackbox]:
    """Run blackbox_exporter with these modules while the block lasts."""
    config = folder / "blackbox.yml"
    config.write_text(json.dumps({"modules": modules}))  # JSON is YAML
    process = await asyncio.create_subprocess_exec(
        shutil.which("prometheus-blackbox-exporter") or "",
        f"--config.file={config}",
        "--web.listen-address=127.0.0.1:0",
        "--timeout-offset=0",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Blackbox(await _port_of(process))
    finally:
        process.kill()
        await process.communicate()


async def _port_of(process: asyncio.subprocess.Process) -> int:
    assert process.stderr is not None
    async for line in process.stderr:
        if found := _LISTENS.search(line):
            return int(found[1])
    raise AssertionError("blackbox_exporter did not start")
