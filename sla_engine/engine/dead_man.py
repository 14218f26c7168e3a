"""A dead man's switch: somewhere else is asked for as long as all is well, and tells of our end by our silence.

All is well while runs start in time and what is handed to the store is written. Nothing is asked while it is not, so
that whoever waits for us (a check at a Healthchecks server, or anything that counts on being asked) raises the alarm;
nor can anything be asked where the event loop, the process or the machine is gone.
"""

import asyncio
from collections.abc import Callable, Sequence

import structlog
from attrs import define, field

from sla_engine.model.instant import SECOND
from sla_engine.plugin import HttpError, HttpRequest
from sla_engine.policy import PolicySet
from sla_engine.policy.documents import PingTable
from sla_engine.registry.clock import Clock
from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.http import GuardedClient, HttpTransport, Session
from sla_engine.store.writer import Writer

_WITHIN = 10.0
_WRITTEN_WITHIN = 5.0
_LOOK_AGAIN = 5.0
_OK = range(200, 300)
_MOST_READ = 4_096

_log = structlog.get_logger("sla_engine.ping")


@define(eq=False)
class DeadMan:
    """Asks the address that ``engine.ping`` names, as often as it says.

    Attributes:
        policies: gives those that are in force.
        troubles: why the scheduler does not turn, for people; nothing while it does.
        writer: of the store.
        asked: how often it was asked, and answered that it heard us.
    """

    policies: Callable[[], PolicySet]
    troubles: Callable[[], Sequence[str]]
    writer: Writer
    clock: Clock
    asked: int = field(default=0, init=False)
    _silence: str | None = field(default=None, init=False)

    async def run(self) -> None:
        """Ask until it is cancelled."""
        transport = HttpTransport()
        try:
            while True:
                ping = self.policies().ping
                if ping is not None:
                    await self.look(ping, transport)
                await asyncio.sleep(_LOOK_AGAIN if ping is None else ping.every.microseconds / SECOND)
        finally:
            await transport.aclose()

    async def look(self, ping: PingTable, transport: HttpTransport) -> None:
        """Ask once, if all is well."""
        wrong = [*self.troubles(), *await self._store_troubles()]
        self._note("; ".join(wrong) if wrong else await self._ask(ping, transport))

    async def _store_troubles(self) -> Sequence[str]:
        if self.writer.trouble is not None:
            return [f"the store cannot be written: {self.writer.trouble}"]
        is_written = await asyncio.to_thread(self.writer.flush, _WRITTEN_WITHIN)
        return [] if is_written else [f"what was handed to the store is not written after {_WRITTEN_WITHIN:g} s"]

    async def _ask(self, ping: PingTable, transport: HttpTransport) -> str | None:
        """Why nobody heard us, or None."""
        # Who names the address allows it; only what is denied stays so.
        guard = NetworkGuard(deny=self.policies().engine.targets.deny)
        client = GuardedClient(transport, Session(guard, None), self.clock, self.clock.monotonic() + _WITHIN)
        try:
            answer = await client.fetch(HttpRequest(ping.url, max_body=_MOST_READ))
        except HttpError as error:
            return f"nobody heard us: {error}"
        if answer.status not in _OK:
            return f"nobody heard us: status {answer.status}"
        self.asked += 1
        return None

    def _note(self, silence: str | None) -> None:
        """Say when it begins that we are not heard, and when it is over; the address may be a secret."""
        if (silence is None) != (self._silence is None):
            if silence is None:
                _log.info("we are heard again elsewhere")
            else:
                _log.warning("we are not heard elsewhere", reason=silence)
        self._silence = silence
