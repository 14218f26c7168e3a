"""What a stranger wrote is kept, whatever is in it, and keeps nothing else from being kept."""

from collections.abc import Callable

import pytest

from sla_engine.model.result import Result, State
from sla_engine.store import Store
from sla_engine.store.acts import Act
from sla_engine.store.text import keepable


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain", "plain"),
        ("Évora € 😀\n\t", "Évora € 😀\n\t"),
        ("a\0b\0", "a\ufffdb\ufffd"),
        ("\ud800", "\ufffd"),
        ("é\udce9\0", "é\ufffd\ufffd"),
        ("", ""),
    ],
)
def test_each_character_that_cannot_be_kept_is_replaced_by_one(text: str, kept: str) -> None:
    assert keepable(text) == kept


def test_no_result_keeps_others_from_being_written(store: Store, result: Callable[..., Result]) -> None:
    reasons = ["nul \0", "half \ud83d", "plain"]

    for minute, reason in enumerate(reasons):
        store.writer.put(result(minute, State.DOWN, reason=reason))

    assert store.writer.flush(20)
    assert [one.reason for one in store.results("web/home", 0, 2**62)] == ["nul \ufffd", "half \ufffd", "plain"]


def test_what_people_write_is_kept_too(store: Store) -> None:
    store.enter(Act(at=1, who="ana\0", kind="exclude", what={"note": "\0\ud800"}, reason="fire \ud800"))

    [act] = store.acts()
    assert (act.who, act.reason, act.what) == ("ana\ufffd", "fire \ufffd", {"note": "\0\ud800"})
