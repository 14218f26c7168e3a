"""Fifty names and their one resolver, in a network of its own: it fails for all of them, or for some."""

import asyncio
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from dnslib import QTYPE, RCODE, RR, A, DNSError, DNSRecord
from dnslib.server import DNSHandler, DNSLogger, DNSServer
from rig import greeting_server, rig, services

CONTROL = "control.test"
NAMES = [f"n{number}" for number in range(50)]


class Zone:
    """Every name is at 127.0.0.1, but for those whose fault is set: an answer's code, or None for no answer."""

    def __init__(self) -> None:
        self.faults: dict[str, int | None] = {}

    def fail(self, code: int | None, *labels: str) -> None:
        self.faults = dict.fromkeys(labels, code)

    def resolve(self, request: DNSRecord, _handler: DNSHandler) -> Any:
        reply = request.reply()
        label = str(request.q.qname)
        if label in self.faults:
            code = self.faults[label]
            if code is None:
                raise DNSError("no answer, as was told")
            reply.header.rcode = code
        elif request.q.qtype == QTYPE.A:
            reply.add_answer(RR(label, QTYPE.A, rdata=A("127.0.0.1"), ttl=0))
        return reply


def own_network() -> None:
    """Loopback only, and a resolver there, which gives up after a second."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    conf = Path(tempfile.mkdtemp()) / "resolv.conf"
    conf.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    subprocess.run(["mount", "--bind", str(conf), "/etc/resolv.conf"], check=True)


async def main() -> None:
    own_network()
    zone = Zone()
    DNSServer(zone, address="127.0.0.1", port=53, logger=DNSLogger("-recv,-send,-request,-reply,-error")).start_thread()
    port = await greeting_server("127.0.0.1")
    control = f'[engine.control]\nresolve = ["{CONTROL}"]\nconnect = ["127.0.0.1:{port}"]\n'
    targets = {name: (f"{name}.test", port) for name in NAMES}
    everything = [f"{CONTROL}.", *(f"{name}.test." for name in NAMES)]
    some = everything[1:21]
    async with rig(control + services(targets, every="2s", timeout="4s")) as engine:
        await engine.until("well", up=50)
        zone.fail(RCODE.SERVFAIL, *everything)
        await engine.until("servfail", error=50)
        zone.fail(None)
        await engine.until("well again", told="back", up=50)

        zone.fail(RCODE.SERVFAIL, *some)
        await engine.until("servfail for some", up=30, down=20)
        zone.fail(RCODE.NXDOMAIN, *some)
        await engine.until("nxdomain for some", saying="Name or service not known", up=30, down=20)
        zone.fail(None)
        await engine.until("well once more", up=50)

        zone.fail(RCODE.NXDOMAIN, *everything)
        await engine.until("nxdomain", error=50)
        zone.fail(None, *everything)
        await engine.until("no answer", saying="Temporary failure", error=50)
    engine.tell()


asyncio.run(main())
