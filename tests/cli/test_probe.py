import base64
import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from sla_engine.cli.probing.target import Target
from sla_engine.model.result import State
from sla_engine.model.service import AtLeast, UpWhen
from sla_engine.testing.servers.smtp import SmtpServer
from sla_engine.testing.servers.web import Page, WebServer

Golden = Callable[[str, str], None]
Sla = Callable[..., subprocess.CompletedProcess[str]]
Write = Callable[..., None]
Watch = Callable[..., "subprocess.Popen[str]"]
OnTerminal = Callable[..., str]

SLA = Path(sys.executable).with_name("sla")
ENVIRON = {"PATH": "/usr/bin:/bin", "TERM": "xterm"}

NUMBER = re.compile(r"\d+\.\d+(?= ms)|(?<= )\d+\.\d\b")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
CANARY = "c4n/ry w0rd"

SHOP = """
[service.shop]
up_when = "any"

[service.shop.check.page]
probe = "told"
phases = { resolve = 0.0041, connect = 0.0102, tls = 0.0313, wait = 0.1004, receive = 0.0005 }
findings = [
  "up|status|200|2xx",
  "down|header X-Node|absent|n1",
  "degraded|certificate|6.2 days left|at least 14 days",
]
values = { status = 200, body_bytes = 51234, certificate_days_left = 6.2213 }
evidence = \"\"\"
redirected to https://shop.example/home
certificate: CN=shop.example, for shop.example and www.shop.example, by CN=Example Authority R3, O=Example, C=EX
\"\"\"

[service.shop.check.basket]
probe = "told"
phases = { all = 0.5 }
"""

STANDARD = """
[sla.standard]
timezone = "UTC"
period = "month"
availability.shop = "99%"

"""

ACME = """
[customer.acme]
sla = "standard"

[customer.acme.service.private-relay.check.page]
probe = "http"
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of policies."""

    def to(text: str, name: str = "policy.toml") -> None:
        path = tmp_path / "policies" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return to


@pytest.fixture
def told(tmp_path: Path) -> dict[str, str]:
    """The environment in which the plugin `told` is installed."""
    source = Path(__file__).parent / "told"
    installed = tmp_path / "told-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: told\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[sla_engine]\ntold = told\n")
    return {"PYTHONPATH": f"{source}:{tmp_path}"}


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """Start to watch; what is still watching at the end is ended."""
    started: list[subprocess.Popen[str]] = []

    def begin(target: str, *options: str) -> subprocess.Popen[str]:
        command = [SLA, "probe", target, "--watch", *options]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=tmp_path, env=ENVIRON))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def on_terminal(tmp_path: Path) -> OnTerminal:
    """Probe with a terminal for output, and give all that came to it."""

    def run(*arguments: str, **environ: str) -> str:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [SLA, "probe", *arguments], stdout=theirs, stderr=theirs, cwd=tmp_path, env={**ENVIRON, **environ}
        )
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # EIO is how a terminal ends
            while part := os.read(ours, 4096):
                shown += part
        os.close(ours)
        process.wait(30)
        return shown.decode()

    return run


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    with WebServer({"/": Page("hello"), "/slow": Page("hello")}) as server:
        server.break_("/broken", status=503)
        server.break_("/slow", delay=0.02)
        yield server


def http(url: str, *lines: str, service: str = "shop", check: str = "home") -> str:
    return "\n".join([f"[service.{service}.check.{check}]", 'probe = "http"', f'url = "{url}"', *lines, ""])


# One run in full


def test_a_run_shows_where_the_time_went_what_was_expected_and_what_was_seen(
    sla: Sla, write: Write, told: dict[str, str], golden: Golden
) -> None:
    write(SHOP)

    shown = sla("probe", "shop", **told)

    assert (shown.returncode, shown.stderr) == (0, "")
    golden("probe_service.txt", MOMENT.sub("<moment>", shown.stdout))


def test_it_fits_the_terminal(sla: Sla, write: Write, told: dict[str, str]) -> None:
    write(SHOP)

    shown = {columns: sla("probe", "shop/page", COLUMNS=columns, **told).stdout for columns in ("60", "200")}

    widths = {columns: max(map(len, text.splitlines())) for columns, text in shown.items()}
    assert widths == {"60": 60, "200": 100}


def test_a_real_run_is_shown_the_same_way(sla: Sla, write: Write, web: WebServer) -> None:
    write(http(f"{web.url}/broken"))

    shown = sla("probe", "shop/home")

    assert shown.returncode == 1
    head, reason, *rest = shown.stdout.splitlines()
    assert re.match(r"■ shop/home  DOWN  \d+\.\d ms  20\d\d-", head)
    assert reason == "  status 503, expected 2xx"
    assert "    ■ status 503, expected 2xx" in rest
    assert any(re.match(r"    connect +\d+\.\d ms +[█▏]", line) for line in rest)


def test_programs_read_the_same(sla: Sla, write: Write, told: dict[str, str]) -> None:
    write(SHOP)

    page, basket = json.loads(sla("probe", "shop", "--format", "json", **told).stdout)
    alone = json.loads(sla("probe", "shop/page", "--format", "json", **told).stdout)

    assert (page["service"], page["check"], page["state"], page["ms"]) == ("shop", "page", "down", 146.5)
    assert page["phases"] == {"resolve": 4.1, "connect": 10.2, "tls": 31.3, "wait": 100.4, "receive": 0.5}
    assert page["reason"] == "header X-Node absent, expected n1"
    assert page["findings"][0] == {"what": "status", "expected": "2xx", "seen": "200", "state": "up"}
    assert (page["doubt"], page["tries"], page["values"]["status"]) == (None, 1, 200)
    assert (basket["state"], basket["reason"], basket["findings"]) == ("up", None, [])
    assert {**alone, "at": page["at"]} == page
    assert "trace" not in page


def test_a_doubt_is_told(sla: Sla, write: Write, told: dict[str, str]) -> None:
    write('[service.shop.check.page]\nprobe = "told"\ndoubt = "network"\n')

    shown = sla("probe", "shop", **told)
    read = json.loads(sla("probe", "shop", "--format", "json", **told).stdout)

    assert "our own network may be at fault: controls, named in [engine.control], would tell" in " ".join(
        shown.stdout.split()
    )
    assert read["doubt"] == "network"


# The exit status


@pytest.mark.parametrize(
    ("up_when", "checks", "state"),
    [
        ("all", "up up", "up"),
        ("all", "up degraded", "degraded"),
        ("all", "up down", "down"),
        ("any", "up down", "up"),
        ("any", "down down", "down"),
        (AtLeast(2), "up down up", "up"),
        (AtLeast(2), "up down down", "down"),
        ("all", "up error", "unknown"),
        ("all", "down error", "down"),
        ("any", "up error", "up"),
        (AtLeast(3), "up up", "unknown"),
    ],
)
def test_its_checks_make_the_services_state_by_its_own_rule(up_when: UpWhen, checks: str, state: str) -> None:
    assert Target("shop", (), up_when).state(map(State, checks.split())) == state


@pytest.mark.parametrize(
    ("up_when", "state", "status"),
    [("any", "down", 0), ("all", "degraded", 0), ("all", "down", 1), ("all", "error", 3)],
)
def test_the_exit_status_is_the_services_state(
    sla: Sla, write: Write, web: WebServer, up_when: str, state: str, status: int
) -> None:
    other = {
        "down": (f"{web.url}/broken",),
        "degraded": (f"{web.url}/slow", 'degraded.latency = "1ms"'),
        "error": (f"{web.url}/", 'headers.x = { env = "NOWHERE" }'),
    }
    rule = f'[service.shop]\nup_when = "{up_when}"\n'
    write(rule + http(f"{web.url}/") + http(*other[state], check="other"))

    shown = sla("probe", "shop", "--format", "json")

    assert [one["state"] for one in json.loads(shown.stdout)] == ["up", state]
    assert shown.returncode == status


def test_what_the_policies_do_not_let_it_reach_is_refused_with_the_rule(sla: Sla, write: Write, web: WebServer) -> None:
    write(STANDARD + http(f"{web.url}/"))
    write(f'{ACME}url = "{web.url}/"\n', "customers/acme.toml")

    service = sla("probe", "acme/private-relay")
    check = sla("probe", "acme/private-relay/page", "--format", "json")

    assert (service.returncode, check.returncode) == (2, 2)
    assert "◇ acme/private-relay/page  ERROR" in service.stdout
    assert "engine.targets says what checks may reach" in service.stdout
    assert "not a public address" in json.loads(check.stdout)["reason"]


def test_an_operators_customer_service_is_probed_like_any(sla: Sla, write: Write, web: WebServer) -> None:
    write(STANDARD + http(f"{web.url}/"))
    write(f'{ACME}url = "{web.url}/"\n', "relay.toml")

    shown = sla("probe", "acme/private-relay/page", "--format", "json")

    assert (shown.returncode, json.loads(shown.stdout)["service"]) == (0, "acme/private-relay")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("shpo", "there is no service or check 'shpo'; did you mean shop?"),
        ("shop/hom", "did you mean shop/home"),
        ("zebra", "there is no service or check 'zebra'; there is shop/home"),
    ],
)
def test_a_name_that_is_not_there_is_answered_with_one_that_is(sla: Sla, write: Write, asked: str, answer: str) -> None:
    write(http("http://127.0.0.1:1/"))

    refused = sla("probe", asked)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert answer in refused.stderr


def test_without_policies_or_checks_there_is_nothing_to_probe(sla: Sla, write: Write) -> None:
    nowhere = sla("probe", "shop")
    write('[service.shop]\nevery = "1m"\n')
    empty = sla("probe", "shop")
    unknown = sla("probe", "other")

    assert (nowhere.returncode, empty.returncode, unknown.returncode) == (2, 2, 2)
    assert "policies" in nowhere.stderr
    assert "service 'shop' has no checks" in empty.stderr
    assert "the policies have none" in unknown.stderr
    assert "Traceback" not in nowhere.stderr + empty.stderr + unknown.stderr


# Again and again


def test_many_runs_are_counted_and_timed(sla: Sla, write: Write, web: WebServer, golden: Golden) -> None:
    write(http(f"{web.url}/", check="home") + http(f"{web.url}/broken", "retries = 1", check="broken"))

    shown = sla("probe", "shop", "--repeat", "7")

    assert (shown.returncode, shown.stderr) == (1, "")
    phases = re.findall(r"^    \w+ .*\n", shown.stdout, re.MULTILINE)
    assert phases
    without_phases = shown.stdout.replace("".join(phases), "    <phases>\n")
    golden("probe_repeat.txt", re.sub(r"(?<=\S) +", " ", NUMBER.sub("<n>", without_phases)))


def test_percentiles_are_lengths_that_were_measured(sla: Sla, write: Write, web: WebServer) -> None:
    write(http(f"{web.url}/"))

    shown = sla("probe", "shop", "--repeat", "10", "--interval", "1ms", "--format", "json")

    found = json.loads(shown.stdout)["repeat"]
    assert (found["runs"], found["states"], found["retried"], found["reasons"]) == (10, {"up": 10}, 0, [])
    figures = found["latency"]
    assert list(figures) == ["min", "median", "p90", "p95", "p99", "max"]
    assert sorted(figures.values()) == list(figures.values())
    assert figures["p95"] == figures["p99"] == figures["max"]  # the nearest rank of 95 % of ten is the tenth
    assert set(found["phases"]) == set(json.loads(shown.stdout)["phases"])


def test_a_change_stands_out_and_one_bad_run_is_a_no(watch: Watch, write: Write) -> None:
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


def test_a_service_says_when_its_checks_change_its_state(watch: Watch, write: Write) -> None:
    with WebServer({"/": Page("hello"), "/faq": Page("help")}) as web:
        write(http(f"{web.url}/") + http(f"{web.url}/faq", check="faq"))
        watching = watch("shop", "--interval", "50ms")
        watching.stdout.readline()
        web.break_("/faq", status=500)
        changed = next(line for line in watching.stdout if " is " in line)
        watching.send_signal(signal.SIGINT)
        watching.communicate(timeout=30)

    assert re.match(r"20\S+Z  shop is down  <- up for \d+s$", changed)


def test_a_watch_of_what_stays_up_ends_well(watch: Watch, write: Write, web: WebServer) -> None:
    write(http(f"{web.url}/"))
    watching = watch("shop", "--interval", "50ms", "--format", "json")

    lines = [json.loads(watching.stdout.readline()) for _ in range(2)]
    watching.send_signal(signal.SIGINT)
    watching.communicate(timeout=30)

    assert [(line["check"], line["state"]) for line in lines] == [("home", "up"), ("home", "up")]
    assert lines[0]["at"] < lines[1]["at"]
    assert watching.returncode == 0


def test_many_runs_that_are_broken_off_show_what_there_was_and_are_no_yes(
    watch: Watch, write: Write, web: WebServer
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
def test_options_that_mean_nothing_are_refused(sla: Sla, write: Write, options: tuple[str, ...], answer: str) -> None:
    write(http("http://127.0.0.1:1/"))

    refused = sla("probe", "shop", *options)

    assert refused.returncode == 2
    assert answer in refused.stderr


# The dialogue


def test_the_dialogue_is_told_beside_the_facts_with_the_time_since_the_start(
    sla: Sla, write: Write, told: dict[str, str]
) -> None:
    write('[service.shop.check.page]\nprobe = "told"\ndialogue = ["> HELLO", "< \\u001b[2Jwho?", "* done"]\n')

    shown = sla("probe", "shop", "--trace", **told)
    read = json.loads(sla("probe", "shop", "--trace", "--format", "json", **told).stdout)

    assert re.sub(r" *\d+\.\d ms", "<n> ms", shown.stderr).splitlines() == [
        "<n> ms  > HELLO",
        "<n> ms  < \ufffd[2Jwho?",
        "<n> ms  * done",
    ]
    assert "HELLO" not in shown.stdout
    assert [line["line"] for line in read["trace"]] == ["> HELLO", "< \ufffd[2Jwho?", "* done"]
    assert all(line["ms"] >= 0 for line in read["trace"])


def test_a_dialogue_without_end_is_cut(sla: Sla, write: Write, told: dict[str, str]) -> None:
    lines = ", ".join(f'"< {number}"' for number in range(6000))
    write(f'[service.shop.check.page]\nprobe = "told"\ndialogue = ["< {"x" * 5000}", {lines}]\n')

    dialogue = json.loads(sla("probe", "shop", "--trace", "--format", "json", **told).stdout)["trace"]

    assert len(dialogue) == 5001
    assert len(dialogue[0]["line"]) == 1001
    assert dialogue[-1]["line"] == "* the rest of the dialogue is left out"


# Safe to paste


@pytest.mark.parametrize("options", [(), ("--format", "json"), ("--repeat", "2")])
def test_no_secret_is_shown_whatever_is_asked(sla: Sla, write: Write, options: tuple[str, ...]) -> None:
    secret = '{ env = "CANARY" }'
    with WebServer({"/": Page(f"hello {CANARY}")}) as web, SmtpServer(users={"probe": CANARY}) as mail:
        user = f"http://probe:{quote(CANARY, safe='')}@127.0.0.1"
        write(
            http(
                f"{web.url}/", f"headers.x-token = {secret}", f"form.word = {secret}", 'method = "POST"', check="header"
            )
            + http(f"{user}:{web.port}/gone", check="user")
            + http(f"{user}:99999/", check="unreadable")
            + http(f"{web.url}/", f"headers.authorization = {secret}", 'expect.headers.x = "y"', check="basic")
            + f'[service.shop.check.mail]\nprobe = "smtp"\nhost = "{mail.host}"\nport = {mail.port}\n'
            + f'username = "probe"\npassword = {secret}\nrcpt_to = "a@b.example"\n'
        )
        shown = sla("probe", "shop", "--trace", *options, CANARY=CANARY)
        mail.users = {}
        refused = sla("probe", "shop/mail", "--trace", *options, CANARY=CANARY)

    assert (shown.returncode, refused.returncode) == (1, 1)
    for text in (shown.stdout, shown.stderr, refused.stdout, refused.stderr):
        assert [form for form in forms_of(CANARY) if form in text] == []


def forms_of(word: str) -> list[str]:
    """The word as it is, in an address, and as the ways to log in encode it."""
    plain, basic = f"\0probe\0{word}", f"probe:{word}"
    encoded = [base64.b64encode(text.encode()).decode() for text in (word, plain, basic)]
    return [word, quote(word), quote(word, safe=""), quote_plus(word), *encoded]


# On a terminal


def test_colour_is_for_terminals_and_no_color_is_obeyed(on_terminal: OnTerminal, write: Write, web: WebServer) -> None:
    write(http(f"{web.url}/broken"))

    coloured = on_terminal("shop")
    plain = on_terminal("shop", NO_COLOR="1")

    assert "\033[31m■" in coloured
    assert "\033" not in plain
    assert "■ shop/home  DOWN" in plain


def test_how_far_it_is_is_told_on_a_terminal(on_terminal: OnTerminal, write: Write, web: WebServer) -> None:
    write(http(f"{web.url}/"))

    shown = on_terminal("shop", "--repeat", "3", NO_COLOR="1")

    assert "1 of 3 runs" in shown
    assert "3 of 3 runs" in shown
    assert "3 up of 3 runs" in shown
