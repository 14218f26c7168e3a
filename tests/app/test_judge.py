"""The process that works out how things stand: it says what the engine's own would, and its end harms nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from sla_engine import load_policies
from sla_engine.app import judge as judge_module
from sla_engine.app.judge import Judge, JudgeError
from sla_engine.engine.escalation.burning import budgets_that_burn
from sla_engine.engine.standing import standing
from sla_engine.engine.tickets.figures import figures_of
from sla_engine.model.instant import MINUTE, parse_instant
from sla_engine.model.result import Result, State
from sla_engine.policy import PolicySet
from sla_engine.store import Store, open_store
from tests.waiting import PATIENCE, wait

NOW = parse_instant("2026-10-03T12:00:00Z")
POLICY = """
[service.web]
title = {{ en = "{title}", pt = "Sitio" }}
every = "1m"
check.home = {{ probe = "http", url = "http://web.example" }}
[sla.standard]
timezone = "GMT+1"
availability.web = "99%"
"""
BUDGET = """
[notifier.ring]
via = "email"
server = "smtp://mail.example:25"
from = "us@example.com"
to = ["you@example.com"]
[escalation.budget]
on = { burn = [{ share = "2%", long = "1h", short = "5m" }] }
step = [{ notify = ["ring"] }]
"""
ASK_AND_DIE = """
import os, signal, sys
from sla_engine import load_policies
from sla_engine.app.judge import Judge
judge = Judge(sys.argv[2])
judge.standing(load_policies(sys.argv[1], environ={}), int(sys.argv[3]))
print(judge.process, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""

Policies = Callable[[str], PolicySet]


@pytest.fixture
def policies(tmp_path: Path) -> Policies:
    """Policies in which the service has this title."""

    def load(title: str = "Shop") -> PolicySet:
        (tmp_path / "policy.toml").write_text(POLICY.format(title=title))
        return load_policies(tmp_path, environ={})

    return load


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A store in which the service was down for two minutes."""
    with open_store(store_url) as opened:
        writer = opened.start_writer()
        for minutes, state in ((3, State.DOWN), (2, State.DOWN), (1, State.UP)):
            reason = "status 503" if state is State.DOWN else None
            writer.put(Result("web/home", NOW - minutes * MINUTE, state, MINUTE, latency=900, reason=reason))
        writer.flush(5)
        yield opened


@pytest.fixture
def judge(store: Store) -> Iterator[Judge]:
    with closing(Judge(store.name)) as made:
        yield made


def is_running(process: int) -> bool:
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().split()[2] != "Z"


def test_it_says_what_would_be_said_here(judge: Judge, policies: Policies, store: Store) -> None:
    assert judge.process is None

    assert judge.standing(policies("Shop"), NOW) == standing(policies("Shop"), store, NOW)
    assert judge.trouble is None
    assert judge.process != os.getpid()


def test_it_makes_the_figures_of_support_too_while_others_ask_how_things_stand(
    judge: Judge, policies: Policies, store: Store
) -> None:
    with ThreadPoolExecutor() as pool:
        figures = [pool.submit(judge.support, policies("Shop"), "2026-09", NOW) for _ in range(3)]
        standings = [pool.submit(judge.standing, policies("Shop"), NOW) for _ in range(3)]

    assert {one.result() for one in figures} == {figures_of(policies("Shop"), store, "2026-09", NOW)}
    assert {one.result().overall for one in standings} == {"up"}


def test_it_tells_how_budgets_burn_as_would_be_told_here(judge: Judge, tmp_path: Path, store: Store) -> None:
    (tmp_path / "burning.toml").write_text(POLICY.format(title="Shop") + BUDGET)
    policies = load_policies(tmp_path / "burning.toml", environ={})

    found = judge.burning(policies, NOW)

    assert found == budgets_that_burn(policies, store, NOW)
    assert [(one.thread, one.fires) for one in found] == [("burn/budget/standard/web", False)]


def test_a_period_that_is_none_is_refused_in_words(judge: Judge, policies: Policies) -> None:
    with pytest.raises(JudgeError, match="'some day' names no period"):
        judge.support(policies("Shop"), "some day", NOW)

    assert judge.standing(policies("Shop"), NOW).overall == "up"


def test_policies_that_changed_are_followed_by_the_same_process(judge: Judge, policies: Policies) -> None:
    titles = []
    processes = set()
    for title in ("Shop", "Shop", "Store"):
        titles.append(str(judge.standing(policies(title), NOW).services[0].title))
        processes.add(judge.process)

    assert titles == ["Shop", "Shop", "Store"]
    assert len(processes) == 1


def test_one_that_ended_is_told_of_and_replaced_at_the_next_look(judge: Judge, policies: Policies) -> None:
    judge.standing(policies("Shop"), NOW)
    ended = judge.process
    assert ended is not None
    os.kill(ended, signal.SIGKILL)
    while is_running(ended):
        time.sleep(0.01)

    assert judge.trouble == "the process that judges ended (status -9); the next look at the status starts another"
    assert judge.standing(policies("Shop"), NOW).overall == "up"
    assert judge.trouble is None
    assert judge.process != ended


def test_one_that_gives_no_answer_in_time_is_ended(
    judge: Judge, policies: Policies, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge.standing(policies("Shop"), NOW)
    stopped = judge.process
    assert stopped is not None
    os.kill(stopped, signal.SIGSTOP)

    with monkeypatch.context() as patch:
        patch.setattr(judge_module, "PATIENCE", 0.1)
        with pytest.raises(JudgeError, match=r"gives no answer: none came within 0\.1 s"):
            judge.standing(policies("Shop"), NOW)

    assert not is_running(stopped)
    assert judge.trouble == "the process that judges gives no answer: none came within 0.1 s"
    assert judge.standing(policies("Shop"), NOW).overall == "up"
    assert judge.trouble is None


def test_one_that_is_closed_gives_no_answer_any_more(judge: Judge, policies: Policies) -> None:
    judge.standing(policies("Shop"), NOW)
    ended = judge.process
    assert ended is not None

    judge.close()

    assert not is_running(ended)
    with pytest.raises(JudgeError, match="gives no answer: the engine ends"):
        judge.standing(policies("Shop"), NOW)
    assert judge.process is None


def test_a_store_that_cannot_be_read_is_told_in_words(policies: Policies, tmp_path: Path) -> None:
    with closing(Judge(f"sqlite:///{tmp_path / 'none.db'}")) as judge:
        with pytest.raises(JudgeError, match=r"how things stand cannot be worked out: StoreError: .*none.db"):
            judge.standing(policies("Shop"), NOW)

        assert "no such table" in (judge.trouble or "")


def test_it_ends_with_the_engine_however_that_ends(policies: Policies, store: Store, tmp_path: Path) -> None:
    policies("Shop")
    arguments = [str(tmp_path / "policy.toml"), store.name, str(NOW)]

    asked = subprocess.run(
        [sys.executable, "-c", ASK_AND_DIE, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False
    )

    assert asked.returncode == -signal.SIGKILL, asked.stderr
    wait(lambda: not is_running(int(asked.stdout)), "the judge ends")
