"""When a service was seen to be down or up: minute by minute, by what its checks say."""

from collections.abc import Mapping
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.engine.incidents import sights, timeline_of
from sla_engine.engine.incidents.sights import spoken_in
from sla_engine.engine.incidents.tracks import STALE_AFTER
from sla_engine.model.duration import Duration, parse_duration
from sla_engine.model.instant import MINUTE
from sla_engine.model.result import Result, State, run_lengths
from sla_engine.model.schedule import Every
from sla_engine.model.service import Check, Service
from sla_engine.model.text import plain

STATES = {"U": State.UP, "D": State.DOWN, "d": State.DEGRADED, "?": State.ERROR}
WORDS = {"up": "U", "down": "D"}


def part(name: str, every: int, *checks: str, **how: object) -> Service:
    made = tuple(Check(name, check, "null", None, parse_duration("1s")) for check in checks or ("a",))
    return Service(name, plain(name), Every(Duration(every * MINUTE)), made, **how)  # type: ignore[arg-type]


def whole(*parts: Service, **how: object) -> Service:
    return Service("shop", plain("Shop"), Every(Duration(MINUTE)), (), parts=parts, **how)  # type: ignore[arg-type]


WEB, DB = part("web", 1), part("db", 5)


def seen(
    service: Service,
    said: Mapping[str, str],
    every: Mapping[str, int],
    first: Mapping[str, float] | None = None,
    state: Literal["down", "degraded"] = "down",
) -> str:
    """The sights as ``D5 U15``: what, and in which minute. Said is by check, or check@location, from minute 0 on."""
    results = []
    for source, letters in said.items():
        check, _, location = source.partition("@")
        step, begin = every[check], (first or {}).get(source, 0)
        results += [
            Result(
                check, round((begin + place * step) * MINUTE), STATES[letter], step * MINUTE, location,
                reason=None if letter == "U" else letter,
            )
            for place, letter in enumerate(letters)
            if letter != "."
        ]  # fmt: skip
    runs = run_lengths(results)
    timeline = timeline_of(service, runs, state, STALE_AFTER, 60 * MINUTE)
    found = sights(timeline, spoken_in(runs, STALE_AFTER), state, most=50)
    return " ".join(f"{WORDS[one.state]}{one.at / MINUTE:g}" for one in found)


EVERY = {"web/a": 1, "db/a": 5}


@pytest.mark.parametrize(
    ("web", "db", "expected"),
    [
        # The database fails once: that the web is well each minute is no second sight of it.
        ("UUUUUUUUUUU", "UDU", "U0 U1 U2 U3 U4 D5 U10"),
        # It fails twice, which is seen when it is asked again.
        ("UUUUUUUUUUUUUUU", "UDDU", "U0 U1 U2 U3 U4 D5 D10 U15"),
        # It comes back, and only it can say so again.
        ("UUUUUUUUUUUUUUUUUUUUU", "DUU?", "D0 U5 U10"),
        # While it is down the web fails too: that is a further word, by a check that was asked since.
        ("UUUUUUDDUU", "UDU", "U0 U1 U2 U3 U4 D5 D6 D7 U10"),
        # The web comes back while the database is down: the service is not up.
        ("DDDUUUUUUUU", "DDU", "D0 D1 D2 U10"),
        # What the monitor could not tell says nothing.
        ("UUUU?UUUUUU", "U?D", "U0 U1 U2 U3 D10"),
    ],
)
def test_only_what_says_so_again_is_a_further_sight_of_a_whole(web: str, db: str, expected: str) -> None:
    found = seen(whole(WEB, DB), {"web/a": web, "db/a": db}, EVERY)

    assert found.startswith(expected), found


def test_two_checks_of_one_round_are_seen_once() -> None:
    """Asked at different moments of the same minute, both checks make the service down; that is one sight of it."""
    said = {"web/home": "UDDUU", "web/faq": "UDDUU"}

    found = seen(part("web", 1, "home", "faq"), said, {"web/home": 1, "web/faq": 1}, {"web/faq": 0.5})

    assert found == "U0.5 D1 D2 U3.5 U4.5"


def test_checks_that_take_turns_at_failing_are_seen_each_round() -> None:
    said = {"web/home": "UDUDU", "web/faq": "UUDUU"}

    assert seen(part("web", 1, "home", "faq"), said, {"web/home": 1, "web/faq": 1}) == "U0 D1 D2 D3 U4"


def test_where_a_service_is_up_as_a_voice_fell_silent_all_that_say_so_are_sights() -> None:
    """Of two locations one says down and the other up, which is no majority until there is a third; it falls silent."""
    api = part("web", 1, locations=("lisbon", "porto", "faro"))
    said = {"web/a@lisbon": "UDDD....", "web/a@porto": "UDDD....", "web/a@faro": "UUUUUUUU"}

    found = seen(api, said, {"web/a": 1})

    assert found == "U0 D1 D2 D3 U5 U6 U7"


@pytest.mark.parametrize(
    ("home", "faq", "expected"),
    [
        # Home comes back, and says so again.
        ("DDUUU", "DDDUU", "D0 D1 U2 U3 U4"),
        # It came back only once, as the other did for good.
        ("DDUDDDD", "DDDUUUU", "D0 D1 U2 U3 U4 U5 U6"),
        # It came back, and cannot be asked any more; or nobody asks it.
        ("DDU????", "DDDUUUU", "D0 D1 U2 U3 U4 U5 U6"),
        ("DDU....", "DDDUUUU", "D0 D1 U2 U4 U5 U6"),
    ],
)
def test_others_say_that_a_service_is_up_where_what_brought_it_back_says_so_no_longer(
    home: str, faq: str, expected: str
) -> None:
    either = part("web", 1, "home", "faq", up_when="any")

    assert seen(either, {"web/home": home, "web/faq": faq}, {"web/home": 1, "web/faq": 1}) == expected


def test_with_degraded_what_is_less_than_up_is_a_sight() -> None:
    said = {"web/a": "UddU", "db/a": "U"}

    assert seen(whole(WEB, DB), said, EVERY, state="degraded").startswith("U0 D1 D2 U3")
    assert "D" not in seen(whole(WEB, DB), said, EVERY)


@given(st.text("UDd", max_size=40))
def test_of_a_single_check_each_result_is_a_sight(said: str) -> None:
    found = seen(WEB, {"web/a": said}, EVERY)

    assert found == " ".join(f"{'D' if letter == 'D' else 'U'}{minute}" for minute, letter in enumerate(said))
