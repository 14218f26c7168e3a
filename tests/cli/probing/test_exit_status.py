import json
import subprocess
from collections.abc import Callable

import pytest

from sla_engine.cli.probing.target import Target
from sla_engine.model.result import State
from sla_engine.model.service import AtLeast, UpWhen
from sla_engine.testing.servers.web import WebServer

Sla = Callable[..., subprocess.CompletedProcess[str]]
Write = Callable[..., None]
Http = Callable[..., str]

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
    sla: Sla, write: Write, web: WebServer, up_when: str, state: str, status: int, http: Http
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


def test_what_the_policies_do_not_let_it_reach_is_refused_with_the_rule(
    sla: Sla, write: Write, web: WebServer, http: Http
) -> None:
    write(STANDARD + http(f"{web.url}/"))
    write(f'{ACME}url = "{web.url}/"\n', "customers/acme.toml")

    service = sla("probe", "acme/private-relay")
    check = sla("probe", "acme/private-relay/page", "--format", "json")

    assert (service.returncode, check.returncode) == (2, 2)
    assert "◇ acme/private-relay/page  ERROR" in service.stdout
    assert "engine.targets says what checks may reach" in service.stdout
    assert "not a public address" in json.loads(check.stdout)["reason"]


def test_an_operators_customer_service_is_probed_like_any(sla: Sla, write: Write, web: WebServer, http: Http) -> None:
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
def test_a_name_that_is_not_there_is_answered_with_one_that_is(
    sla: Sla, write: Write, asked: str, answer: str, http: Http
) -> None:
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
