"""docs/notifications.md says what the code does."""

import re
from pathlib import Path

import pytest

from sla_engine.engine.outbox.handing_on import AFTER, AFTER_TRIES
from sla_engine.engine.outbox.measures import Counts, measures
from sla_engine.engine.outbox.settling import FIRST_WAIT, GIVE_UP_AFTER, LONGEST_WAIT
from sla_engine.engine.outbox.showing import STATES
from sla_engine.engine.outbox.trying import AT_ONCE
from sla_engine.model.duration import Duration
from sla_engine.model.instant import HOUR, MINUTE, SECOND
from sla_engine.policy import Plugins, compile_policies
from sla_engine.policy.documents import EngineTable, LimitTable, NotifierTable
from sla_engine.policy.values import Raw
from sla_engine.registry.host import load_plugins
from sla_engine.registry.notifying import TRY_WITHIN
from sla_engine.store.outbox import Standing

TEXT = (Path(__file__).parents[3] / "docs" / "notifications.md").read_text()
AN_HOUR = LimitTable(60, Duration(HOUR))
PLAIN = " ".join(TEXT.split())


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("within the notifier's `gather` (a minute)", NotifierTable("x", Raw({})).gather.microseconds == MINUTE),
        ("cut off after a minute", TRY_WITHIN.microseconds == MINUTE),
        ("from 5 seconds up to 5 minutes", (FIRST_WAIT, LONGEST_WAIT) == (5 * SECOND, 5 * MINUTE)),
        ("everything else after 24 hours", GIVE_UP_AFTER == 24 * HOUR),
        ("sends at most 4 messages at once", AT_ONCE == 4),
        ("After 5 failed tries, or when a notice was due for 15 minutes", (AFTER_TRIES, AFTER) == (5, 15 * MINUTE)),
        (
            "60 an hour to one recipient is the default",
            EngineTable().limits.recipient == LimitTable(60, Duration(HOUR)),
        ),
    ],
)
def test_its_figures_are_those_of_the_code(sentence: str, holds: bool) -> None:
    assert sentence in PLAIN
    assert holds


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_row(state: str) -> None:
    assert f"| {state} |" in TEXT


def test_every_figure_of_the_outbox_is_named() -> None:
    names = [measure.name for measure in measures(Counts(), Standing(), 0)]

    assert [name for name in names if f"`{name}`" not in TEXT] == []


def test_its_example_is_a_policy(tmp_path: Path) -> None:
    [example] = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "policy.toml").write_text(example)
    host = load_plugins()

    found = compile_policies([tmp_path], plugins=Plugins(host.probes, host.notifiers, host.ticket_sources), environ={})

    assert found.policies is not None, found.text
