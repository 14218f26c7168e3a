from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import pytest
from attrs import field, frozen

from sla_engine.plugin import Delivery, Message, Notifier, NotifyRun, Outcome, Port, Probe, ProbeRun, Secret
from sla_engine.policy import Compilation, Plugins, compile_policies

HTTP = Port(80)


@frozen
class Limits:
    """Nested, as plugins may nest."""

    most: int | None = None  # at most


@frozen
class DoorProbe(Probe):
    """Knock at a door."""

    url: str  # where the door is
    port: Port = HTTP  # which door
    password: Secret | None = None  # what to whisper
    mode: Literal["soft", "loud"] = "soft"  # how to knock
    names: list[str] = field(factory=list)  # whom to ask for
    headers: Mapping[str, str | Secret] = field(factory=dict)  # what to say first
    limits: Limits = Limits()  # how often
    retries: int = -1  # the engine's own, handed on

    def __attrs_post_init__(self) -> None:
        if self.url == "impossible":
            raise ValueError("url leads nowhere: write another")

    async def run(self, run: ProbeRun) -> Outcome:
        return Outcome.up()


@frozen
class BellNotifier:
    """Ring."""

    from_: str
    to: list[str]


@frozen
class LetterNotifier(Notifier):
    """Write to people, and to customers where none are named."""

    to: list[str] = field(factory=list)

    def recipients(self) -> Sequence[str]:
        return tuple(self.to)

    def reaches(self, address: str) -> bool:
        return "@" in address

    async def send(self, message: Message, run: NotifyRun) -> Delivery:
        return Delivery(sent=True, certain=True, detail="")


PLUGINS = Plugins({"door": DoorProbe}, {"bell": BellNotifier, "letter": LetterNotifier})

SMALL = """
[service.web]
every = "1m"
[service.web.check.door]
probe = "door"
url = "http://web"

[sla.standard]
timezone = "GMT+1"
availability.web = "99%"

[notifier.ring]
via = "bell"
from = "us"
to = ["you"]

[escalation.all]
on = { services = "all" }
step = [{ notify = ["ring"] }]
"""


@pytest.fixture
def small() -> str:
    """A policy set that has nothing wrong with it."""
    return SMALL


@pytest.fixture
def plugins() -> Plugins:
    """A probe and a notifier that ask nobody."""
    return PLUGINS


@pytest.fixture
def compiled(tmp_path: Path) -> Callable[..., Compilation]:
    """Compile files, given as ``name="content"``; slashes in names make folders."""

    def compile_files(
        files: str | Mapping[str, str], environ: Mapping[str, str] | None = None, **options: bool
    ) -> Compilation:
        for name, content in ({"policy.toml": files} if isinstance(files, str) else files).items():
            path = tmp_path / "set" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return compile_policies([tmp_path / "set"], plugins=PLUGINS, environ=environ or {}, **options)

    return compile_files
