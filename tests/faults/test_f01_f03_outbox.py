"""F1, F3: killed at any step between an outage and what is recorded of its messages; the receiver's count is the truth.

Nothing is missed, and what comes twice comes by the same key, where the remote side took it and its answer was lost.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sla_engine.testing.servers.webhooks import WebhookReceiver

SCRIPT = Path(__file__).with_name("killed_outbox.py")
Lives = list[tuple[dict[str, Any], Counter[tuple[str, str]]]]


def killed(folder: Path, severity: str, first: int, step: int, how: str = "steps") -> Lives:
    """Each kill point with what is left in the end, and how often the receiver took what, by its key."""
    with WebhookReceiver() as receiver:
        command = [sys.executable, SCRIPT, folder, receiver.url, severity, str(first), str(step), how]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
        assert done.returncode == 0, done.stderr
        ends = [json.loads(line) for line in done.stdout.splitlines()]
        taken = {
            end["point"]: Counter(
                (post.content["data"]["about"], post.key) for post in receiver.taken if post.path == f"/{end['point']}"
            )
            for end in ends
        }
    return [(end, taken[end["point"]]) for end in ends]


def check(lives: Lives) -> None:
    """The oracle."""
    *died, lived = lives
    assert all(end["died"] for end, _ in died)
    assert not lived[0]["died"]
    assert set(lived[1].values()) == {1}
    for end, taken in lives:
        point = end["point"]
        assert not end["again"]
        assert end["sound"] == "ok", point
        assert end["incidents"] == 1, point
        assert end["waiting"] == 0, point
        assert {state for state, _ in end["messages"]} == {"sent"}, point
        assert sorted(about for about, _ in taken) == ["opened", "recovered"], (point, taken)  # each by one key
        assert taken.total() <= 3, (point, taken)
        assert {key for _, key in taken} == {key for _, key in end["messages"]}, point


@pytest.mark.parametrize(
    "first", [pytest.param(0, id="even steps"), pytest.param(1, id="odd steps", marks=pytest.mark.soak)]
)
def test_killed_at_each_step_nothing_is_missed_and_repeats_carry_the_same_key(tmp_path: Path, first: int) -> None:
    lives = killed(tmp_path, "major", first, 2)

    check(lives)
    assert len(lives) > 60


def test_killed_where_a_lost_answer_waits_for_a_person_nothing_comes_twice(tmp_path: Path) -> None:
    lives = killed(tmp_path, "minor", 1, 5)

    assert len(lives) > 25
    for end, taken in lives:
        assert set(taken.values()) <= {1}, end
        # What a person is asked about may have gone out or not; all else was told.
        asked = {key for state, key in end["messages"] if state == "uncertain"}
        assert len(asked) <= 1
        assert {key for _, key in taken} | asked == {key for _, key in end["messages"]}, end
        assert len(end["messages"]) == 2


@pytest.mark.soak
def test_killed_in_each_write_to_the_disk_nothing_is_missed(tmp_path: Path) -> None:
    check(killed(tmp_path, "major", 0, 1, how="disk"))
