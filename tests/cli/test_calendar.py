"""The calendar cases of the field, through the command line, from policies as operators write them."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

Sla = Callable[..., subprocess.CompletedProcess[str]]

CASES = json.loads((Path(__file__).parents[1] / "cases" / "calendar.json").read_text())["pairs"]
SPOKEN = [case for case in CASES if case["op"] in {"add", "between", "open_intervals"}]
FIXED = {"Etc/GMT-1": "GMT+1"}


def policy_of(case: Mapping[str, Any]) -> str:
    zone = FIXED.get(case["timezone"], case["timezone"])
    lines = ["[calendar.case]", f'timezone = "{zone}"', "confirmed = true"]
    for day, windows in case["weekly"].items():
        lines.append(f"hours.{day} = {json.dumps([f'{start}-{end}' for start, end in windows])}")
    lines.append(f"closed = {json.dumps(case.get('holidays', []))}")
    if "breaks" in case:
        windows = ", ".join(f'"{start[11:]}-{end[11:]}"' for start, end in case["breaks"])
        day = case["breaks"][0][0][:10]
        lines += [
            "except = ['break']",
            "[calendar.break]",
            f'timezone = "{zone}"',
            f'open = {{ "{day}" = [{windows}] }}',
        ]
    return "\n".join(lines)


@pytest.mark.parametrize("case", SPOKEN, ids=[case["id"] for case in SPOKEN])
def test_the_command_line_gives_the_known_answer(case: Mapping[str, Any], sla: Sla, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "case.toml").write_text(policy_of(case["calendar"]))
    given, expected = case["input"], case["expected"]

    if case["op"] == "add":
        found = answer(sla("calendar", "add", "case", given["start"], f"{given['seconds']}s", "--format", "json"))
        wanted = expected["at"]
        if not wanted.endswith("Z"):  # wall time of the calendar's zone
            nothing = sla("calendar", "add", "case", wanted, "0s", "--format", "json")
            wanted = answer(nothing)["at"]
        assert found == {"at": wanted}
    elif case["op"] == "between":
        found = answer(sla("calendar", "between", "case", given["start"], given["end"], "--format", "json"))
        assert found == {"seconds": expected["seconds"]}
    else:
        found = answer(
            sla("calendar", "show", "case", "--from", given["start"], "--to", given["end"], "--format", "json")
        )
        assert [[one["start"], one["end"]] for one in found["windows"]] == expected["intervals"]


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_four_hours_from_tuesday_afternoon_in_america(sla: Sla, maxony: Path) -> None:
    done = sla("calendar", "add", "us", "2026-01-06T15:00:00-06:00", "4h", "--policies", maxony)

    assert done.stdout == "Tue 2026-01-06 23:00:00 GMT-6, 2026-01-07T05:00:00Z\n"


def test_business_days_and_next_opening(sla: Sla, maxony: Path) -> None:
    options = ("--policies", maxony, "--format", "json")

    assert answer(sla("calendar", "add", "europe", "2026-01-10T10:00:00", "5bd", *options)) == {
        "at": "2026-01-16T09:00:00Z"
    }
    assert answer(sla("calendar", "next-open", "europe", "2026-01-10", *options)) == {"at": "2026-01-12T07:00:00Z"}
    assert answer(sla("calendar", "sub", "europe", "2026-01-12T09:00:00", "2h", *options)) == {
        "at": "2026-01-09T15:00:00Z"
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["add", "moon", "2026-01-06", "4h"], "there is no calendar 'moon'"),
        (["add", "us", "yesterday", "4h"], "'yesterday' is no instant"),
        (["add", "us", "2026-01-06", "4 hours"], "is not a duration"),
        (["between", "us", "2026-01-06", "2026-01-05"], "before"),
    ],
)
def test_what_cannot_be_answered_is_wrong_usage(sla: Sla, maxony: Path, arguments: list[str], message: str) -> None:
    done = sla("calendar", *arguments, "--policies", maxony)

    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
