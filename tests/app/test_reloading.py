"""Taking up changed files: a sound set whole, a broken or half-written one not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sla_engine.app import reloading
from sla_engine.app.reloading import Reloader, cut_short
from sla_engine.policy import Compilation, Plugins, PolicySet, compile_policies
from sla_engine.registry.host import load_plugins
from tests.waiting import PATIENCE

SERVICES = """
[service.shop]
every = "1m"
check.home = { probe = "http", url = "http://127.0.0.1/", retries = 1 }

[service.api]
every = "1m"
check.health = { probe = "http", url = "http://127.0.0.1/health" }
"""
AGREEMENT = '[sla.standard]\ntimezone = "UTC"\navailability.shop = "99%"\n'


class Watched:
    """A folder, and what a reloader made of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("services.toml", SERVICES)
        self.write("agreement.toml", AGREEMENT)
        host = load_plugins()
        self.plugins = Plugins(host.probes, host.notifiers, host.ticket_sources)
        self.in_force = self.sound()
        self.refusals: list[str] = []
        self.adopted = 0
        self.now = 0.0
        self.reloader = Reloader(
            folder=folder,
            compile=self.compile,
            adopt=self.adopt,
            refuse=self.refusals.append,
            in_force=lambda: self.in_force,
            monotonic=lambda: self.now,
        )

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def compile(self) -> Compilation:
        return compile_policies([self.folder], plugins=self.plugins, environ={})

    def sound(self) -> PolicySet:
        compilation = self.compile()
        assert compilation.policies is not None, compilation.text
        return compilation.policies

    def adopt(self, policies: PolicySet) -> None:
        self.in_force = policies
        self.adopted += 1

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await asyncio.sleep(0.02)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        work = asyncio.create_task(self.reloader.run())
        await self.until(lambda: self.reloader._seen is not None)
        try:
            yield
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr(reloading, "HOLD_STILL", 0.05)
    monkeypatch.setattr(reloading, "LOOK_EVERY", 2.0)
    return Watched(tmp_path)


def target(policies: PolicySet) -> str:
    return str(policies.contract(sla="standard").availability[0].target)


async def test_a_changed_file_is_taken_up_by_itself(watched: Watched) -> None:
    async with watched.running():
        watched.write("agreement.toml", AGREEMENT.replace("99%", "98%"))
        await watched.until(lambda: watched.adopted == 1)

    assert target(watched.in_force) == "98%"
    assert watched.refusals == []


async def test_a_file_that_is_put_in_the_place_of_another_is_seen(watched: Watched) -> None:
    async with watched.running():
        beside = watched.folder / ".agreement.toml.swp"
        beside.write_text(AGREEMENT.replace("99%", "98%"))
        beside.replace(watched.folder / "agreement.toml")
        await watched.until(lambda: watched.adopted == 1)

    assert target(watched.in_force) == "98%"


async def test_a_link_that_is_turned_to_another_folder_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Kubernetes changes a mounted configuration."""
    monkeypatch.setattr(reloading, "HOLD_STILL", 0.05)
    monkeypatch.setattr(reloading, "LOOK_EVERY", 2.0)
    (tmp_path / "..first").mkdir()
    (tmp_path / "..data").symlink_to("..first")
    for name in ("agreement.toml", "services.toml"):
        (tmp_path / name).symlink_to(f"..data/{name}")
    watched = Watched(tmp_path)
    (tmp_path / "..second").mkdir()
    (tmp_path / "..second" / "services.toml").write_text(SERVICES)
    (tmp_path / "..second" / "agreement.toml").write_text(AGREEMENT.replace("99%", "98%"))

    async with watched.running():
        (tmp_path / "..new").symlink_to("..second")
        (tmp_path / "..new").replace(tmp_path / "..data")
        await watched.until(lambda: watched.adopted == 1)

    assert target(watched.in_force) == "98%"


async def test_a_broken_file_leaves_in_force_what_was_and_a_mended_one_ends_the_trouble(watched: Watched) -> None:
    async with watched.running():
        watched.write("agreement.toml", AGREEMENT.replace("availability", "availabilty"))
        await watched.until(lambda: bool(watched.refusals))
        broken = (target(watched.in_force), watched.adopted, watched.refusals[0])
        watched.write("agreement.toml", AGREEMENT)
        await watched.until(lambda: watched.adopted == 1)

    assert broken[:2] == ("99%", 0)
    assert "agreement.toml:3:1: unknown key 'availabilty'" in broken[2]
    assert target(watched.in_force) == "99%"


async def test_a_file_that_is_gone_counts_until_it_has_stayed_gone(watched: Watched) -> None:
    async with watched.running():
        watched.write("more.toml", '[sla.other]\navailability.api = "99%"\n')
        await watched.until(lambda: watched.adopted == 1)
        (watched.folder / "more.toml").unlink()
        await watched.until(lambda: bool(watched.refusals))
        meanwhile = watched.in_force.slas
        watched.now += reloading.CUT_SHORT_FOR + 1
        watched.reloader._ask.set()
        await watched.until(lambda: watched.adopted == 2)

    assert "more.toml is gone" in watched.refusals[0]
    assert meanwhile == ("standard", "other")
    assert watched.in_force.slas == ("standard",)


async def test_whoever_means_it_has_it_taken_up_at_once(watched: Watched) -> None:
    async with watched.running():
        watched.write("services.toml", SERVICES[: SERVICES.index("[service.api]")])
        await watched.until(lambda: bool(watched.refusals))
        watched.reloader.reload()
        await watched.until(lambda: watched.adopted == 1)

    assert list(watched.in_force.services) == ["shop"]


async def test_a_folder_that_goes_and_comes_back_changes_nothing(watched: Watched, tmp_path: Path) -> None:
    async with watched.running():
        away = tmp_path.with_name(f"{tmp_path.name}-away")
        tmp_path.rename(away)
        watched.reloader._ask.set()
        await watched.until(lambda: bool(watched.refusals))
        away.rename(tmp_path)
        watched.reloader._ask.set()
        await watched.until(lambda: watched.adopted == 1)

    assert target(watched.in_force) == "99%"


@pytest.mark.parametrize("name", ["services.toml", "agreement.toml"])
def test_a_file_cut_off_at_any_byte_changes_nothing_of_what_runs(watched: Watched, name: str) -> None:
    whole = (watched.folder / name).read_bytes()

    for length in range(len(whole)):
        (watched.folder / name).write_bytes(whole[:length])
        found = watched.compile().policies
        unchanged = found is None or found.hash == watched.in_force.hash
        assert unchanged or cut_short(watched.in_force, found), whole[:length]  # type: ignore[arg-type]
