"""A service that changes its state too often has one incident, and not many."""

import pytest

from sla_engine.engine.incidents import Observation, trace
from sla_engine.engine.incidents.flapping import Flapping
from sla_engine.model.instant import MINUTE

WORDS = {"D": "down", "U": "up"}


def seen(states: str) -> list[Observation]:
    return [Observation(place * MINUTE, WORDS[state]) for place, state in enumerate(states)]  # type: ignore[arg-type]


def flaps(states: str) -> bool:
    flapping = Flapping()
    for one in seen(states):
        flapping.see(one)
    return flapping.is_over_limit


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ("U" * 30, False),
        ("U" * 20 + "D" * 20, False),
        ("UDUDUD", False),  # five changes, the newest: 29 %
        ("UDUDUDU", True),  # six: 34 %
        ("U" * 10 + "UDUDUD" + "D" * 4 + "U", True),  # 31 %, as what is older weighs less
        ("U" * 10 + "UDUDUD" + "D" * 14 + "U", False),
    ],
)
def test_more_than_thirty_percent_of_weighed_changes_are_too_many(states: str, expected: bool) -> None:
    assert flaps(states) is expected


def test_it_is_over_when_they_fall_under_twenty_five_percent() -> None:
    """Between the two bounds it stays what it was."""
    square_wave = "UD" * 15

    assert [flaps(square_wave + "U" * length) for length in (15, 16)] == [True, False]


def course(states: str, confirm: int = 1, recover: int = 1) -> list[str]:
    found = trace("api", seen(states), confirm=confirm, recover=recover, until=len(states) * MINUTE).incidents
    return [
        f"{one.began_at // MINUTE} {'-' if one.closed_at is None else one.closed_at // MINUTE}"
        + "".join(f" {at // MINUTE}" for at in one.flapped)
        for one in found
    ]


def test_f49_while_it_flaps_an_open_incident_stays_open() -> None:
    assert course("UD" * 30) == ["1 2", "3 4", "5 - 6"]


def test_an_incident_of_what_flapped_closes_once_it_is_steady_and_up() -> None:
    assert course("UD" * 15 + "U" * 20) == ["1 2", "3 4", "5 45 6 45"]


def test_what_is_steady_and_down_stays_open() -> None:
    assert course("UD" * 15 + "D" * 20) == ["1 2", "3 4", "5 - 6 44"]


def test_what_is_never_confirmed_may_flap_without_an_incident() -> None:
    assert course("UD" * 30, confirm=2) == []
