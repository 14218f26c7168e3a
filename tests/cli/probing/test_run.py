import json
import re
import subprocess
from collections.abc import Callable

from sla_engine.testing.servers.web import WebServer

Golden = Callable[[str, str], None]
Sla = Callable[..., subprocess.CompletedProcess[str]]
Write = Callable[..., None]
Http = Callable[..., str]

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

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


def test_a_run_shows_where_the_time_went_what_was_expected_and_what_was_seen(
    sla: Sla, write: Write, told: dict[str, str], golden: Golden
) -> None:
    write(SHOP)

    shown = sla("probe", "shop", **told)

    assert (shown.returncode, shown.stderr) == (0, "")
    golden("service.txt", MOMENT.sub("<moment>", shown.stdout))


def test_it_fits_the_terminal(sla: Sla, write: Write, told: dict[str, str]) -> None:
    write(SHOP)

    shown = {columns: sla("probe", "shop/page", COLUMNS=columns, **told).stdout for columns in ("60", "200")}

    widths = {columns: max(map(len, text.splitlines())) for columns, text in shown.items()}
    assert widths == {"60": 60, "200": 100}


def test_a_real_run_is_shown_the_same_way(sla: Sla, write: Write, web: WebServer, http: Http) -> None:
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
