"""Support by mail at work beside the engine: takes mails where the policies say, in a thread and a loop of its own.

Taking a mail apart may take seconds, in which no probe must wait. Nothing that goes wrong here harms anything else: it
is said, and tried again.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog
from attrs import define, evolve, field

from sla_engine.engine.health import Measure
from sla_engine.engine.mail.belonging import is_for
from sla_engine.engine.mail.fetching import look_into
from sla_engine.engine.mail.imap import Fetched, MailboxError
from sla_engine.engine.mail.intake import Intake, RefusedMail, Taken
from sla_engine.engine.mail.listening import Listener
from sla_engine.engine.mail.mail import Envelope
from sla_engine.engine.mail.reading import read_mail
from sla_engine.model.instant import SECOND
from sla_engine.plugin import AddressRefused
from sla_engine.policy import PolicySet
from sla_engine.policy.documents import MailboxTable
from sla_engine.registry.clock import Clock
from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.secrets import SecretSource
from sla_engine.store import Store

LOOK_EVERY = 1.0
"""Seconds between two looks at what the policies say."""
_STOP_WITHIN = 8.0

_log = structlog.get_logger("sla_engine.mail")


@define(eq=False)
class Mailroom:
    """Takes the mails of one engine.

    Attributes:
        policies: gives those that are in force.
        secrets: reveals the mailbox's password.
        looks: into the mailbox that came to their end.
    """

    policies: Callable[[], PolicySet]
    store: Store
    clock: Clock
    secrets: SecretSource = field(repr=False)
    looks: int = field(default=0, init=False)
    _troubles: dict[str, str] = field(factory=dict, init=False)
    _counts: dict[str, int] = field(factory=lambda: dict.fromkeys(("taken", "refused", "failed"), 0), init=False)
    _listener: Listener | None = field(default=None, init=False)
    _looking: asyncio.Task[None] | None = field(default=None, init=False)
    _look_at: float = field(default=0.0, init=False)
    _worker: ThreadPoolExecutor = field(factory=lambda: ThreadPoolExecutor(2, "mail"), init=False)
    _loop: asyncio.AbstractEventLoop | None = field(default=None, init=False)
    _over: asyncio.Event = field(factory=asyncio.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def start(self) -> None:
        """Take mails from now on."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="mailroom", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more; what is being handed over is brought again after the next start."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._over.set)
        if self._thread is not None:
            self._thread.join(_STOP_WITHIN)
        self._worker.shutdown(wait=False, cancel_futures=True)

    @property
    def troubles(self) -> Sequence[str]:
        """Why mails are not taken just now, for people."""
        return list(self._troubles.values())

    def measures(self) -> Sequence[Measure]:
        """The mails in figures, since the start."""
        counts = self._counts
        return [
            Measure("sla_mails_taken", "Mails that became part of tickets.", "counter", counts["taken"]),
            Measure("sla_mails_refused", "Mails that were refused.", "counter", counts["refused"]),
            Measure("sla_mails_failed", "Mails that could not be kept, and come again.", "counter", counts["failed"]),
        ]

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            while not self._over.is_set():
                try:
                    await self._follow()
                except Exception:
                    _log.exception("mails could not be attended to; this is tried again")
                await self._pause()
        finally:
            if self._looking is not None:
                self._looking.cancel()
                await asyncio.wait([self._looking])
            if self._listener is not None:
                await self._listener.aclose()

    async def _follow(self) -> None:
        """Do as the policies say that are in force by now."""
        desk = self.policies().engine.desk
        if (None if self._listener is None else self._listener.address) != desk.listen:
            await self._listen(desk.listen)
        is_idle = self._looking is None or self._looking.done()
        if desk.mailbox is None:
            self._note("mailbox", None)
        elif is_idle and self.clock.monotonic() >= self._look_at:
            self._look_at = self.clock.monotonic() + desk.mailbox.every.microseconds / SECOND
            self._looking = asyncio.create_task(self._look(desk.mailbox))

    async def _listen(self, address: str | None) -> None:
        if self._listener is not None:
            await self._listener.aclose()
            self._listener = None
        if address is None:
            self._note("listen", None)
            return
        listener = Listener(address, lambda one: is_for(one, self.policies().engine.desk), self._take_handed_over)
        try:
            await listener.open()
        except OSError as error:
            self._note("listen", f"no mail is taken at {address}: {error.strerror or error}")
        else:
            self._listener = listener
            self._note("listen", None)
            _log.info("mail is taken", at=address)

    async def _look(self, box: MailboxTable) -> None:
        """Look into the mailbox once."""
        guard = NetworkGuard(deny=self.policies().engine.targets.deny)  # who names a server allows its address
        try:
            password = self.secrets.reveal(box.password)
            await look_into(box, password, guard, self._take_fetched, self.clock.now(), self._worker)
        except (MailboxError, AddressRefused, LookupError, OSError) as error:
            shown = self.secrets.hide(str(error)) or type(error).__name__
            self._note("mailbox", f"mails cannot be fetched from {box.server}: {shown}")
        except Exception as error:
            _log.exception("the mailbox could not be looked into")
            self._note("mailbox", f"mails cannot be fetched from {box.server}: {type(error).__name__}")
        else:
            self._note("mailbox", None)
        self.looks += 1

    async def _take_handed_over(self, raw: bytes, envelope: Envelope) -> Taken:
        return await asyncio.get_running_loop().run_in_executor(self._worker, self._take, raw, envelope)

    def _take_fetched(self, fetched: Fetched) -> None:
        self._take(fetched.raw, Envelope(), fetched)

    def _take(self, raw: bytes, envelope: Envelope, fetched: Fetched | None = None) -> Taken:
        policies = self.policies()
        mail = read_mail(raw, envelope, policies.engine.desk.authserv_id)
        if fetched is not None and fetched.size > len(raw):
            mail = evolve(mail, left_out=(*mail.left_out, f"mail.eml ({fetched.size:,} bytes)"))
        try:
            arrived_at = None if fetched is None else fetched.arrived_at
            taken = Intake(policies, self.store, self.clock.now()).take(mail, arrived_at)
        except RefusedMail:
            self._counts["refused"] += 1
            raise
        except Exception as error:
            self._counts["failed"] += 1
            self._note("intake", f"mails wait, as they cannot be kept: {error}")
            raise
        self._counts["taken"] += 1
        self._note("intake", None)
        return taken

    def _note(self, what: str, trouble: str | None) -> None:
        """Remember what is wrong, or that it is right again; each is said once."""
        before = self._troubles.get(what)
        if trouble == before:
            return
        # Anew, as other threads read it.
        others = {name: text for name, text in self._troubles.items() if name != what}
        self._troubles = others if trouble is None else others | {what: trouble}
        if trouble is None:
            _log.info("what was wrong with mails is over", what=before)
        else:
            _log.warning("mails are not taken", why=trouble)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await self._over.wait()
        except TimeoutError:
            return
