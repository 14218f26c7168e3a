"""Plugins from outside that misbehave: each costs its own result, and harms nothing else (F31 to F37)."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine.model.result import State
from sla_engine.model.service import Check
from sla_engine.plugin import Secret
from sla_engine.registry.host import PluginHost, load_plugins
from sla_engine.registry.isolation import GRACE, MOST_AT_ONCE
from sla_engine.registry.runs import Equipment, run_try
from tests.waiting import wait_in_loop

MakeCheck = Callable[..., Check]


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("zoo-raises", "BaseException: half a plugin in two lines"),
        ("zoo-exits", "SystemExit: no licence found"),
        ("zoo-missing", "ModuleNotFoundError: No module named 'zoo_missing'"),
        ("zoo-hook-raises", "OSError: no configuration"),
        ("zoo-wrong-type", "TypeError: sla_probes gave list, not a dict of names"),
        ("zoo-argument", "PluginValidationError: Plugin 'sla-zoo:zoo-argument' for hook 'sla_result'"),
    ],
)
def test_a_plugin_that_cannot_be_loaded_is_named_with_its_cause(zoo: PluginHost, name: str, cause: str) -> None:
    plugin = next(plugin for plugin in zoo.plugins if plugin.name == name)

    assert plugin.error is not None
    assert plugin.error.startswith(cause)
    assert f"plugin {name} (sla-zoo 6.6) is not loaded: {plugin.error}" in zoo.problems


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("no-probe", "it is no subclass of Probe"),
        ("no-attrs", "it is no attrs class: put @define or @frozen above it"),
        ("no-run", "it lacks run"),
        ("no-such-type", "NameError: name 'Decimal' is not defined"),
        ("No Name", "a name consists of small letters, digits, - and _"),
    ],
)
def test_a_class_that_is_no_probe_is_left_out_and_its_neighbour_is_not(zoo: PluginHost, name: str, fault: str) -> None:
    assert name not in zoo.probes
    assert f"probe {name!r} of plugin zoo-strangers (sla-zoo 6.6) is left out: {fault}" in zoo.problems
    assert "decent" in zoo.probes


def test_of_two_plugins_with_one_name_both_are_named_and_the_first_keeps_it(zoo: PluginHost) -> None:
    assert zoo.owners["http"].is_built_in
    assert zoo.owners["twin"].distribution == "sla-zoo"
    assert any(
        problem.startswith("probe 'http' of plugin zoo-twin (sla-zoo 6.6) is left out: http (sla-engine ")
        for problem in zoo.problems
    )


def test_hooks_without_effect_are_named(zoo: PluginHost) -> None:
    said = " ".join(zoo.problems)

    assert "zoo-strangers (sla-zoo 6.6): it implements sla_moon_phase, a hook that this version does not have" in said
    assert "zoo-unmarked (sla-zoo 6.6): it has sla_probes without @hookimpl, so that it is not called" in said


def test_the_built_in_plugins_are_there_whatever_else_is(zoo: PluginHost) -> None:
    assert {"http", "api", "smtp", "sms", "animal"} <= set(zoo.probes)


def test_a_plugin_can_be_left_out_by_name(zoo: PluginHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_PLUGINS_DISABLED", "zoo-animals, zoo-twin")

    host = load_plugins()

    assert "animal" not in host.probes
    assert "decent" in host.probes
    assert (
        next(plugin for plugin in host.plugins if plugin.name == "zoo-twin").error == "left out by SLA_PLUGINS_DISABLED"
    )


async def test_a_probe_from_outside_runs_in_a_process_of_its_own(make_check: MakeCheck, equipment: Equipment) -> None:
    outcome = await run_try(make_check(does="behave"), equipment)

    assert outcome.state is State.UP
    assert outcome.evidence == "purring"
    assert outcome.values["process"] != os.getpid()


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ("bite", "raised ValueError: bitten"),
        ("raise-base", "raised BaseException: from the very base"),
        ("raise-mute", "raised Mute: (it cannot say what)"),
        ("exit-softly", "raised SystemExit: going home"),
        ("exit-hard", "ended its process (status 9)"),
        ("die", "ended its process (status -11)"),
        ("cancel-itself", "cancelled itself"),
        ("eat", "raised MemoryError"),
    ],
)
async def test_a_probe_that_ends_badly_costs_one_error(
    make_check: MakeCheck, equipment: Equipment, act: str, reason: str
) -> None:
    outcome = await run_try(make_check(does=act), equipment)

    assert outcome.state is State.ERROR
    assert outcome.reason is not None
    assert outcome.reason.startswith(f"probe 'animal' {reason}")
    assert (await run_try(make_check(does="behave"), equipment)).state is State.UP


@pytest.mark.parametrize("act", ["hang", "swallow", "block", "spin"])
async def test_a_probe_that_does_not_end_is_ended(make_check: MakeCheck, equipment: Equipment, act: str) -> None:
    await run_try(make_check(does="behave"), equipment)

    began = time.monotonic()
    outcome = await run_try(make_check(does=act, seconds=0.3), equipment)
    took = time.monotonic() - began

    assert outcome.state is State.ERROR
    assert "deadline of 300ms" in (outcome.reason or "")
    assert took < 0.3 + GRACE + 1.5
    assert (await run_try(make_check(does="behave"), equipment)).state is State.UP


async def test_others_do_not_wait_for_a_probe_that_blocks(make_check: MakeCheck, equipment: Equipment) -> None:
    blocked = [asyncio.create_task(run_try(make_check(does="block", seconds=3), equipment)) for _ in range(2)]

    began = time.monotonic()
    outcomes = [await run_try(make_check(does="behave"), equipment) for _ in range(5)]
    took = time.monotonic() - began

    assert {outcome.state for outcome in outcomes} == {State.UP}
    assert took < 2.5
    for task in blocked:
        task.cancel()
    await asyncio.gather(*blocked, return_exceptions=True)


async def test_when_all_processes_hang_the_next_run_is_an_error_and_no_wait_for_ever(
    make_check: MakeCheck, equipment: Equipment
) -> None:
    hanging = [asyncio.create_task(run_try(make_check(does="hang"), equipment)) for _ in range(MOST_AT_ONCE)]
    await asyncio.sleep(0)

    outcome = await run_try(make_check(does="behave", seconds=0.1), equipment)

    assert outcome.state is State.ERROR
    assert outcome.reason == "8 runs of plugins of sla-zoo are under way, and none has ended"
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)


async def test_what_a_killed_probe_started_is_killed_with_it(
    make_check: MakeCheck, equipment: Equipment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nest = tmp_path / "nest"
    monkeypatch.setenv("ZOO_NEST", str(nest))

    await run_try(make_check(does="breed", seconds=1.0), equipment)

    child = Path(f"/proc/{nest.read_text()}/stat")
    await wait_in_loop(lambda: not child.exists() or child.read_text().split()[2] == "Z", "it is gone")


async def test_what_a_probe_prints_does_not_reach_its_outcome(make_check: MakeCheck, equipment: Equipment) -> None:
    outcomes = [await run_try(make_check(does=act), equipment) for act in ("chatter", "behave")]

    assert [outcome.state for outcome in outcomes] == [State.UP, State.UP]


async def test_a_probe_that_leaves_a_thread_behind_has_answered_all_the_same(
    make_check: MakeCheck, equipment: Equipment
) -> None:
    outcome = await run_try(make_check(does="leave-thread", seconds=2), equipment)

    assert outcome.state is State.UP


@pytest.mark.parametrize(
    ("does", "state", "reason"),
    [
        ("up", State.UP, None),
        ("hang", State.ERROR, "probe 'threaded' gave no answer before its deadline of 300ms"),
        ("exit", State.ERROR, "probe 'threaded' raised SystemExit: 7"),
        ("stop", State.ERROR, "probe 'threaded' raised RuntimeError: StopIteration: out of the thread"),
    ],
)
async def test_a_synchronous_run_goes_to_a_thread(
    make_check: MakeCheck, equipment: Equipment, does: str, state: State, reason: str | None
) -> None:
    outcome = await run_try(make_check("threaded", does=does, seconds=0.3 if does == "hang" else 10), equipment)

    assert (outcome.state, outcome.reason) == (state, reason)


async def test_a_secret_stays_out_of_reasons_and_logs(
    make_check: MakeCheck, equipment: Equipment, capfd: pytest.CaptureFixture[str]
) -> None:
    outcome = await run_try(make_check(does="tell-secret", secret=Secret("env", "ZOO_SECRET")), equipment)

    assert outcome.reason == "probe 'animal' raised ValueError: cannot log in with ***"
    said = "".join(capfd.readouterr())
    assert "the secret is ***" in said
    assert "correct horse" not in said


async def test_a_secret_may_come_from_a_plugin(make_check: MakeCheck, equipment: Equipment) -> None:
    outcome = await run_try(make_check(does="tell-secret", secret=Secret("plugin", "zoo")), equipment)

    assert outcome.reason == "probe 'animal' raised ValueError: cannot log in with ***"


async def test_settings_that_cannot_be_sent_are_an_error(make_check: MakeCheck, equipment: Equipment) -> None:
    outcome = await run_try(make_check(does=lambda: "behave"), equipment)

    assert outcome.state is State.ERROR
    assert (outcome.reason or "").startswith("probe 'animal' has settings that cannot be sent to its process")
