"""Who is told of error budgets that burn: minute by minute, on a real store."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from sla_engine import load_policies
from sla_engine.engine.escalation.burning import budgets_that_burn
from sla_engine.engine.escalation.burns import Burning
from sla_engine.engine.escalation.watching import Watching
from sla_engine.model.instant import DAY, MINUTE, SECOND, Instant, parse_instant
from sla_engine.model.result import Result, State
from sla_engine.policy import PolicySet
from sla_engine.store import open_store
from sla_engine.store.outbox.threads import notices_under
from sla_engine.testing.clock import FakeClock

START = parse_instant("2026-11-02T00:00:00Z")
POLICY = """
[service.web]
severity = "critical"
every = "1m"
check.home = { probe = "http", url = "http://web.example" }
[sla.standard]
title = "Standard agreement"
timezone = "UTC"
availability = { web = "99%" }
[customer.acme]
name = "ACME S.A."
sla = "standard"
availability.web = "99.9%"
[notifier]
mail = { via = "email", server = "smtp://mail.example:25", from = "us@example.com", to = ["you@example.com"] }
chief = { via = "email", server = "smtp://mail.example:25", from = "us@example.com", to = ["chief@example.com"] }
"""
BUDGET = """
[escalation.budget]
on = { burn = [{ share = "2%", long = "1h", short = "5m" }] }
step = [{ notify = ["mail"] }, { after = "30m", notify = ["chief"] }]
"""


class Watch:
    """A service minute by minute, and somebody who watches its budgets."""

    def __init__(self, folder: Path, clock: FakeClock, policy: str, since: Instant | None = START - 3 * DAY) -> None:
        (folder / "policy.toml").write_text(POLICY + policy)
        self.folder, self.clock = folder, clock
        self.store = open_store(f"sqlite:///{folder / 'sla.db'}")
        self.store.start_writer()
        self.watching = self.begin()
        clock.pass_by((START - clock.now()) / SECOND)
        if since is not None:
            self.put(since, START, State.UP, every=10 * MINUTE)

    def begin(self) -> Watching:
        policies = load_policies(self.folder / "policy.toml", environ={})
        return Watching(lambda: policies, self.store, self.clock, dict, self.burning)

    def burning(self, policies: PolicySet, now: Instant) -> Sequence[Burning]:
        return budgets_that_burn(policies, self.store, now)

    def put(self, start: Instant, end: Instant, state: State, every: int = MINUTE) -> None:
        for at in range(start, end, every):
            self.store.writer.put(Result("web/home", at, state, every, reason=None if state is State.UP else "down"))
        assert self.store.writer.flush(20)

    def goes_on(self, minutes: int, state: State) -> None:
        """So many minutes of a state, with a look at the end of every fifth."""
        for _ in range(minutes // 5):
            now = self.clock.now()
            self.put(now, now + 5 * MINUTE, state)
            self.clock.pass_by(300)
            self.watching.look()

    def told(self) -> list[str]:
        with self.store.reading() as connection:
            found = notices_under(connection, "burn", 0)
        return [f"{(one.due_at - START) // MINUTE} {one.notifier} {one.about} {one.thread}" for one in found]


@pytest.fixture
def watch(tmp_path: Path, fake_clock: FakeClock) -> Iterator[Watch]:
    made = Watch(tmp_path, fake_clock, BUDGET.replace("burn =", 'services = ["web"], burn ='))
    yield made
    made.store.close()


KNOWN = {"service", "customer", "customers", "share", "long", "short", "step"}
STANDARD, ACME = "burn/budget/standard/web", "burn/budget/standard@acme/web"


def test_a_budget_that_burns_is_told_once_and_once_that_it_is_over(watch: Watch) -> None:
    watch.goes_on(30, State.DOWN)
    watch.goes_on(30, State.UP)

    of_the_standard = [one for one in watch.told() if one.endswith(STANDARD)]
    assert of_the_standard == [f"9 mail burn {STANDARD}", f"34 mail burn-over {STANDARD}"]


def test_a_dedicated_contract_has_a_budget_of_its_own_that_burns_first(watch: Watch) -> None:
    watch.goes_on(5, State.DOWN)

    assert watch.told() == [f"4 mail burn {ACME}"]
    with watch.store.reading() as connection:
        [notice] = notices_under(connection, "burn", 0)
    assert (notice.customer, notice.severity) == ("acme", "critical")
    told = {key: fact for key, fact in notice.facts.items() if key in KNOWN}
    assert told == {
        "service": "web",
        "customer": "ACME S.A.",
        "customers": ["ACME S.A."],
        "share": "2%",
        "long": "1h",
        "short": "5m",
        "step": 1,
    }
    assert notice.facts["agreement"] == {"": "Standard agreement"}
    assert float(notice.facts["rate"]) > 14.4
    assert notice.facts["left"] < 44 * MINUTE
    assert START < notice.facts["breach_at"] < START + DAY


def test_later_steps_count_from_when_it_began(watch: Watch) -> None:
    watch.goes_on(60, State.DOWN)

    assert f"39 chief burn {STANDARD}" in watch.told()


def test_an_engine_that_starts_anew_says_nothing_twice_and_goes_on_counting(watch: Watch) -> None:
    watch.goes_on(15, State.DOWN)
    before = watch.told()

    watch.watching = watch.begin()
    watch.goes_on(5, State.DOWN)
    assert watch.told() == before

    watch.goes_on(25, State.DOWN)
    assert f"39 chief burn {STANDARD}" in watch.told()


def test_what_burns_again_is_told_again(watch: Watch) -> None:
    watch.goes_on(15, State.DOWN)
    watch.goes_on(30, State.UP)
    watch.goes_on(15, State.DOWN)

    of_the_standard = [one.split()[2] for one in watch.told() if one.endswith(STANDARD)]
    assert of_the_standard == ["burn", "burn-over", "burn"]


def test_what_burns_again_after_years_is_told_again(watch: Watch) -> None:
    watch.goes_on(15, State.DOWN)
    watch.goes_on(30, State.UP)
    watch.clock.pass_by(900 * DAY // SECOND)
    watch.put(watch.clock.now() - 3 * DAY, watch.clock.now(), State.UP)

    watch.goes_on(15, State.DOWN)

    assert [one.split()[2] for one in watch.told() if one.endswith(STANDARD)] == ["burn", "burn-over", "burn"]


def test_what_is_not_known_ends_nothing(watch: Watch) -> None:
    watch.goes_on(15, State.DOWN)
    watch.goes_on(30, State.ERROR)

    assert {one.split()[2] for one in watch.told()} == {"burn"}


def test_while_nothing_is_known_nobody_is_told_anything_more(watch: Watch) -> None:
    watch.goes_on(15, State.DOWN)
    before = watch.told()

    watch.goes_on(60, State.ERROR)

    assert watch.told() == before


def test_an_engine_that_was_away_for_long_waits_until_enough_is_known(watch: Watch) -> None:
    watch.goes_on(15, State.DOWN)
    before = watch.told()

    watch.clock.pass_by(3 * 3600)
    watch.watching = watch.begin()
    watch.watching.look()
    assert watch.told() == before

    watch.goes_on(5, State.UP)
    assert watch.told()[len(before) :] == [f"199 mail burn-over {thread}" for thread in (STANDARD, ACME)]


def test_an_engine_that_starts_for_the_first_time_tells_nobody_by_the_little_it_has_seen(
    tmp_path: Path, fake_clock: FakeClock
) -> None:
    watch = Watch(tmp_path, fake_clock, BUDGET, since=None)

    watch.put(START, START + 10 * SECOND, State.UP, every=10 * SECOND)
    watch.put(START + 10 * SECOND, START + 20 * SECOND, State.DOWN, every=10 * SECOND)
    watch.clock.pass_by(20)
    watch.watching.look()

    assert watch.told() == []
    watch.store.close()


def test_a_clock_that_is_set_is_waited_for(watch: Watch) -> None:
    watch.watching.look()
    watch.put(START, START + 15 * MINUTE, State.DOWN)

    watch.clock.set_by(15 * 60)
    watch.watching.look()
    assert watch.told() == []

    watch.clock.pass_by(61)
    watch.watching.look()
    assert watch.told() != []


def test_who_names_customers_is_told_of_their_budgets_only(tmp_path: Path, fake_clock: FakeClock) -> None:
    watch = Watch(tmp_path, fake_clock, BUDGET.replace("burn =", 'customers = ["acme"], burn ='))

    watch.goes_on(20, State.DOWN)

    assert {one.split()[3] for one in watch.told()} == {ACME}
    watch.store.close()


def test_the_instants_of_looks_do_not_matter_for_keys(watch: Watch) -> None:
    watch.goes_on(15, State.DOWN)
    with watch.store.reading() as connection:
        keys = [one.key for one in notices_under(connection, "burn", 0)]

    assert keys == [f"{thread}/0/1.0/mail/mail/you@example.com" for thread in (ACME, STANDARD)]
