"""An outbox at work: a real store, a real receiver that counts, and clocks that go only when they are told to."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from sla_engine.engine.outbox.dispatcher import Dispatcher
from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import Instant
from sla_engine.policy import Plugins, compile_policies
from sla_engine.registry.host import PluginHost, load_plugins
from sla_engine.store import Store, open_store
from sla_engine.store.outbox import Notice, Outgoing, add_notices, messages_in, notices_in
from sla_engine.testing.clock import FakeClock
from sla_engine.testing.servers.webhooks import Post, WebhookReceiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SERVICE = """
[service.web]
check.home = { probe = "http", url = "http://web.example" }
[sla.standard]
timezone = "UTC"
availability.web = "99%"
[escalation.all]
on = { services = "all" }
step = [{ notify = ["mail", "phone"] }]
"""
NOTIFIER = """
[notifier.{name}]
via = "webhook"
url = "{url}/{name}"
secrets = [{{ env = "SECRET" }}]
"""


class Office:
    """Everything between a notice and its receiver.

    Attributes:
        receiver: tells what arrived.
        now: what the clock says.
    """

    def __init__(
        self, folder: Path, store: Store, receiver: WebhookReceiver, clock: FakeClock, host: PluginHost
    ) -> None:
        self.folder = folder
        self.host = host
        self.store = store
        self.receiver = receiver
        self.clock = clock
        self.policies: Any = None
        self.dispatcher: Dispatcher | None = None
        self.write()

    @property
    def now(self) -> Instant:
        return self.clock.now()

    def write(self, mail: str = "", phone: str = "", engine: str = "", more: str = "", without: str = "") -> None:
        """Write the policies: two notifiers with further keys, and further tables."""
        tables = [SERVICE, f"[engine]\n{engine}\n" if engine else "", more]
        for name, keys in (("mail", mail), ("phone", phone)):
            if name != without:
                tables.append(NOTIFIER.format(name=name, url=self.receiver.url) + keys)
        text = "\n".join(tables)
        if without:
            text = text.replace(f'"{without}"', "").replace("[, ", "[").replace(", ]", "]")
        (self.folder / "policy.toml").write_text(text)
        plugins = Plugins(self.host.probes, self.host.notifiers, self.host.ticket_sources)
        compilation = compile_policies([self.folder], plugins=plugins, environ={})
        assert compilation.policies is not None, compilation.text
        self.policies = compilation.policies

    async def start(self, within: str = "60s") -> None:
        """Start a dispatcher, as an engine does."""
        self.dispatcher = Dispatcher(
            lambda: self.policies, self.host, self.store, self.clock, {"SECRET": SECRET}, parse_duration(within)
        )
        await self.dispatcher.recover()

    async def restart(self, within: str = "60s") -> None:
        await self.stop()
        await self.start(within)

    async def stop(self) -> None:
        assert self.dispatcher is not None
        await self.dispatcher.aclose()

    def notice(self, thread: str = "incident/1/all", about: str = "opened", **more: Any) -> Notice:
        """A notice of an incident that is due now; each has a key of its own."""
        number = thread.split("/")[1]
        facts = {
            "service": f"web-{number}",
            "title": {"": f"Web {number}"},
            "state": "down",
            "reason": "status 503, expected 2xx",
            "incident": number,
            "began_at": self.now,
            "opened_at": self.now,
            "ended_at": self.now if about == "recovered" else None,
            "escalation": "all",
            "step": 1,
            "cause": None,
            "acknowledged_by": None,
        }
        made = Notice(
            key=f"{thread}/{about}/{self.now}",
            at=self.now,
            due_at=self.now,
            notifier="mail",
            thread=thread,
            about=about,
            facts=facts,
        )
        changed = evolve(made, **more)
        return evolve(changed, key=f"{changed.key}/{changed.notifier}/{changed.recipient}")

    def tell(self, *notices: Notice) -> None:
        """Enter notices, as the attending does."""
        with self.store.changing() as connection:
            add_notices(connection, notices)

    async def go(self, seconds: float = 0, step: float = 1.0) -> None:
        """Let so much time pass, and have the dispatcher look at every step; tries are over when it is."""
        assert self.dispatcher is not None
        await self._look()
        while seconds > 0:
            self.clock.pass_by(min(step, seconds))
            seconds -= step
            await self._look()

    async def _look(self) -> None:
        assert self.dispatcher is not None
        await self.dispatcher.turn()
        await self.dispatcher.settle()

    @property
    def messages(self) -> list[Outgoing]:
        with self.store.reading() as connection:
            return messages_in(connection, ("pending", "sending", "sent", "uncertain", "dead"))

    @property
    def waiting(self) -> list[str]:
        with self.store.reading() as connection:
            return [one.notice.key for one in notices_in(connection, ("waiting",))]

    def taken(self, name: str = "mail") -> list[Post]:
        return [post for post in self.receiver.taken if post.path == f"/{name}"]

    def abouts(self, name: str = "mail") -> list[str]:
        return [post.content["data"]["about"] for post in self.taken(name)]

    def figures(self) -> dict[str, float]:
        assert self.dispatcher is not None
        return {measure.name: measure.value for measure in self.dispatcher.measures()}


@pytest.fixture(scope="module")
def plugins() -> PluginHost:
    return load_plugins()


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver() as server:
        yield server


@pytest.fixture
async def office(
    tmp_path: Path, store_url: str, receiver: WebhookReceiver, clock: FakeClock, plugins: PluginHost
) -> AsyncIterator[Office]:
    (tmp_path / "policies").mkdir()
    with open_store(store_url) as store:
        store.start_writer()
        made = Office(tmp_path / "policies", store, receiver, clock, plugins)
        await made.start()
        yield made
        await made.stop()
