import json
import re
import signal
import subprocess
from collections.abc import Callable

import pytest

from sla_engine.cli.probing.tally import grouped
from sla_engine.model.result import State
from sla_engine.testing.servers.web import Page, WebServer

Golden = Callable[[str, str], None]
Sla = Callable[..., subprocess.CompletedProcess[str]]
Write = Callable[..., None]
Watch = Callable[..., "subprocess.Popen[str]"]
Http = Callable[..., str]

NUMBER = re.compile(r"\d+\.\d+(?= ms)|(?<= )\d+\.\d\b")


def test_many_runs_are_counted_and_timed(sla: Sla, write: Write, web: WebServer, golden: Golden, http: Http) -> None:
    write(http(f"{web.url}/", check="home") + http(f"{web.url}/broken", "retries = 1", check="broken"))

    shown = sla("probe", "shop", "--repeat", "7")

    assert (shown.returncode, shown.stderr) == (1, "")
    phases = re.findall(r"^    \w+ .*\n", shown.stdout, re.MULTILINE)
    assert phases
    without_phases = shown.stdout.replace("".join(phases), "    <phases>\n")
    golden("repeat.txt", re.sub(r"(?<=\S) +", " ", NUMBER.sub("<n>", without_phases)))


def test_reasons_that_differ_in_what_was_measured_are_counted_as_one() -> None:
    slow = {(State.DEGRADED, f"latency {length} ms, expected at most 50ms"): 1 for length in (98, 107, 99.5)}
    other = {(State.DOWN, "status 500, expected 2xx"): 1, (State.DOWN, "status 503, expected 2xx"): 2}

    assert grouped(slow | other) == [
        (State.DEGRADED, "latency … ms, expected at most 50ms", 3),
        (State.DOWN, "status 503, expected 2xx", 2),
        (State.DOWN, "status 500, expected 2xx", 1),
    ]


def test_percentiles_are_lengths_that_were_measured(sla: Sla, write: Write, web: WebServer, http: Http) -> None:
    write(http(f"{web.url}/"))

    shown = sla("probe", "shop", "--repeat", "10", "--interval", "1ms", "--format", "json")

    found = json.loads(shown.stdout)["repeat"]
    assert (found["runs"], found["states"], found["retried"], found["reasons"]) == (10, {"up": 10}, 0, [])
    figures = found["latency"]
    assert list(figures) == ["min", "median", "p90", "p95", "p99", "max"]
    assert sorted(figures.values()) == list(figures.values())
    assert figures["p95"] == figures["p99"] == figures["max"]  # the nearest rank of 95 % of ten is the tenth
    assert set(found["phases"]) == set(json.loads(shown.stdout)["phases"])


def test_a_change_stands_out_and_one_bad_run_is_a_no(watch: Watch, write: Write, http: Http) -> None:
    with WebServer({"/": Page("hello")}) as web:
        write(http(f"{web.url}/"))
        watching = watch("shop", "--interval", "50ms")
        first = watching.stdout.readline()
        web.break_("/", status=500)
        changed = next(line for line in watching.stdout if "UP" not in line)
        again = watching.stdout.readline()
        watching.send_signal(signal.SIGINT)
        rest, told = watching.communicate(timeout=30)

    assert re.match(r"20\S+Z  ● shop/home  UP +\d+\.\d ms$", first)
    assert re.match(r"20\S+Z  ■ shop/home  DOWN +\d+\.\d ms  status 500, expected 2xx  <- up for \d+s$", changed)
    assert "status 500" in again
    assert "<-" not in again
    assert re.search(r"^■ shop/home  \d+ up, \d+ down of \d+ runs$", rest, re.MULTILINE)
    assert told == "a run every 0.05 s; Ctrl-C ends it\n"
    assert watching.returncode == 1


def test_a_service_says_when_its_checks_change_its_state(watch: Watch, write: Write, http: Http) -> None:
    with WebServer({"/": Page("hello"), "/faq": Page("help")}) as web:
        write(http(f"{web.url}/") + http(f"{web.url}/faq", check="faq"))
        watching = watch("shop", "--interval", "50ms")
        watching.stdout.readline()
        web.break_("/faq", status=500)
        changed = next(line for line in watching.stdout if " is " in line)
        watching.send_signal(signal.SIGINT)
        watching.communicate(timeout=30)

    assert re.match(r"20\S+Z  shop is down  <- up for \d+s$", changed)


def test_a_watch_of_what_stays_up_ends_well(watch: Watch, write: Write, web: WebServer, http: Http) -> None:
    write(http(f"{web.url}/"))
    watching = watch("shop", "--interval", "50ms", "--format", "json")

    lines = [json.loads(watching.stdout.readline()) for _ in range(2)]
    watching.send_signal(signal.SIGINT)
    watching.communicate(timeout=30)

    assert [(line["check"], line["state"]) for line in lines] == [("home", "up"), ("home", "up")]
    assert lines[0]["at"] < lines[1]["at"]
    assert watching.returncode == 0


def test_many_runs_that_are_broken_off_show_what_there_was_and_are_no_yes(
    watch: Watch, write: Write, web: WebServer, http: Http
) -> None:
    write(http(f"{web.url}/"))
    watching = watch("shop", "--repeat", "1000", "--interval", "50ms")

    watching.stdout.readline()
    watching.send_signal(signal.SIGINT)
    rest, _ = watching.communicate(timeout=30)

    assert re.search(r"^● shop/home  \d+ up of \d+ runs$", rest, re.MULTILINE)
    assert watching.returncode == 130


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        (("--interval", "5s"), "give --watch or --repeat N with it"),
        (("--watch", "--interval", "often"), "is not a duration"),
        (("--watch", "--interval", "5bd"), "write hours"),
        (("--repeat", "0"), "0 is not in the range"),
    ],
)
def test_options_that_mean_nothing_are_refused(
    sla: Sla, write: Write, options: tuple[str, ...], answer: str, http: Http
) -> None:
    write(http("http://127.0.0.1:1/"))

    refused = sla("probe", "shop", *options)

    assert refused.returncode == 2
    assert answer in refused.stderr
