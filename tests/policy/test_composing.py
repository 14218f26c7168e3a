"""Services that are composed of others: how parts are named, and what the linter makes of them."""

from collections.abc import Callable

import pytest

from sla_engine.model.service import AtLeast, all_checks, with_parts
from sla_engine.policy import Compilation, PolicySet
from sla_engine.policy.codes import Code

Compiled = Callable[..., Compilation]


def probed(name: str, *lines: str) -> str:
    return "\n".join([f"[service.{name}]", *lines, f'check.door = {{ probe = "door", url = "http://{name}" }}', ""])


@pytest.fixture
def policies(compiled: Compiled, small: str) -> Callable[[str], PolicySet]:
    """The small set with a database, and with what is added."""

    def compile_with(added: str) -> PolicySet:
        compilation = compiled(f"{small}\n{probed('db')}\n{added}")
        assert compilation.policies is not None, compilation.text
        return compilation.policies

    return compile_with


@pytest.fixture
def told(compiled: Compiled, small: str) -> Callable[[str], list[tuple[str, str]]]:
    """What is found in the small set with a database, a shop of both, and what is added: code and message."""

    def compile_with(added: str) -> list[tuple[str, str]]:
        shop = '[service.shop]\nof = ["web", "db"]\n'
        found = compiled(f"{small}\n{probed('db')}\n{shop}{added}").diagnostics
        return [(one.code, one.message) for one in found if one.code != Code.UNUSED]

    return compile_with


def test_a_service_is_composed_of_others(policies: Callable[[str], PolicySet]) -> None:
    services = policies('[service.shop]\nof = ["web", "db"]\nup_when = { at_least = 1 }').services

    assert [part.id for part in services["shop"].parts] == ["web", "db"]
    assert services["shop"].up_when == AtLeast(1)
    assert [check.id for check in all_checks([services["shop"]])] == ["web/door", "db/door"]


def test_parts_may_be_composed_too_and_the_order_of_tables_does_not_matter(
    policies: Callable[[str], PolicySet],
) -> None:
    services = policies('[service.a]\nof = ["shop", "web"]\n[service.shop]\nof = ["web", "db"]').services

    assert [each.id for each in with_parts(services["a"])] == ["web", "db", "shop", "a"]
    assert [check.id for check in all_checks([services["a"]])] == ["web/door", "db/door"]


def test_a_customers_service_may_be_composed_of_its_own_and_of_everybodys(policies: Callable[[str], PolicySet]) -> None:
    added = (
        f'[customer.acme]\nsla = "standard"\navailability.shop = "99%"\n'
        f'[customer.acme.service.shop]\nof = ["web", "relay", "acme/cache"]\n'
        f"{probed('relay').replace('[service', '[customer.acme.service')}"
        f"{probed('cache').replace('[service', '[customer.acme.service')}"
    )

    contract = policies(added).contract(customer="acme")

    assert [part.id for part in contract.services["acme/shop"].parts] == ["web", "acme/relay", "acme/cache"]


def test_nobodys_service_is_composed_of_a_customers_own(compiled: Compiled, small: str) -> None:
    relay = probed("relay").replace("[service", "[customer.acme.service")

    found = compiled(f'{small}\n[customer.acme]\nsla = "standard"\n{relay}[service.shop]\nof = ["acme/relay"]')

    assert (Code.UNKNOWN_REFERENCE, "there is no service 'acme/relay'") in {
        (one.code, one.message) for one in found.diagnostics
    }


@pytest.mark.parametrize(
    ("lines", "column"),
    [
        ('every = "5m"', "every"),
        ('cron = "* * * * *"', "cron"),
        ('timezone = "UTC"', "timezone"),
        ('locations = ["fra"]', "locations"),
        ("agree = 1", "agree"),
        ('check.x = { probe = "door", url = "u" }', "check"),
    ],
)
def test_what_is_composed_has_nothing_of_its_own_to_probe(
    compiled: Compiled, small: str, lines: str, column: str
) -> None:
    [found] = compiled(f'{small}\n[service.shop]\nof = ["web"]\n{lines}').diagnostics[:1]

    assert (found.code, found.message) == (
        Code.CONFLICTING_KEYS,
        f"{column} is of what is probed, and 'shop' is composed of other services",
    )
    assert found.source_line.startswith(column)


FAULTS = {
    "an unknown part": ('[service.x]\nof = ["wbe"]', Code.UNKNOWN_REFERENCE, "there is no service 'wbe'"),
    "a part twice": ('[service.x]\nof = ["web", "web"]', Code.WRONG_VALUE, "'web' is named twice"),
    "more parts than there are": (
        '[service.x]\nof = ["web", "db"]\nup_when = { at_least = 3 }',
        Code.WRONG_VALUE,
        "3 must be up, and there are 2 parts",
    ),
    "more checks than there are": (
        probed("x", "up_when = { at_least = 2 }"),
        Code.WRONG_VALUE,
        "2 must be up, and there is 1 check",
    ),
    "a latency": (
        '[sla.b]\nlatency.shop = { target = "95%", under = "1s" }',
        Code.NO_CHECK,
        "'shop' is composed of other services, and no check says how fast it is",
    ),
    "a part without a check": (
        '[service.bare]\n[service.x]\nof = ["web", "bare"]\n[sla.b]\navailability.x = "99%"',
        Code.NO_CHECK,
        "'x' is promised, and no check says how its part 'bare' is",
    ),
    "more than its parts allow together": (
        '[sla.b]\navailability = { shop = "99%", web = "99%", db = "99%" }',
        Code.STRONGER_THAN_PARTS,
        "99% is more than web, db allow together: 98.01%",
    ),
    "more than the slowest part can show": (
        probed("slow", 'every = "30m"')
        + '[service.x]\nof = ["web", "slow"]\n[sla.b]\navailability.x = "99.95%"\nperiod = "month"',
        Code.CANNOT_MEASURE,
        "99.95% allows 21m36s of downtime in a period; a check every 30m cannot see that",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_wrong_with_a_whole_is_told(told: Callable[[str], list[tuple[str, str]]], name: str) -> None:
    added, code, message = FAULTS[name]

    assert (code, message) in told(added)


SOUND = {
    "no more than its parts allow": '[sla.b]\navailability = { shop = "98%", web = "99%", db = "99%" }',
    "any of its parts": (
        '[service.x]\nof = ["web", "db"]\nup_when = "any"\n'
        '[sla.b]\navailability = { x = "99.9%", web = "99%", db = "99%" }'
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_what_its_parts_allow_may_be_promised(told: Callable[[str], list[tuple[str, str]]], name: str) -> None:
    assert told(SOUND[name]) == []


def test_a_circle_is_told_at_each_service_in_it(told: Callable[[str], list[tuple[str, str]]]) -> None:
    circle = '[service.a]\nof = ["b"]\n[service.b]\nof = ["c", "web"]\n[service.c]\nof = ["a"]\n[service.d]\nof = ["a"]'

    assert [message for code, message in told(circle) if code == Code.REFERENCE_CYCLE] == [
        f"service '{name}' is composed of itself" for name in "abc"
    ]


def test_a_part_cannot_depend_on_its_whole(told: Callable[[str], list[tuple[str, str]]]) -> None:
    cache = probed("cache", 'depends_on = ["site"]') + '[service.site]\nof = ["cache", "db"]\n'

    assert told(cache) == [(Code.REFERENCE_CYCLE, "service 'cache' depends on itself, by way of what it depends on")]


def test_a_whole_of_wholes_has_eight_steps_at_most(told: Callable[[str], list[tuple[str, str]]]) -> None:
    steps = "".join(f'[service.s{step}]\nof = ["{"web" if step == 1 else f"s{step - 1}"}"]\n' for step in range(1, 10))

    assert told(steps) == [(Code.TOO_DEEP, "service 's9' is composed of services in more than 8 steps")]


def test_who_hears_of_every_part_hears_of_the_whole(compiled: Compiled, small: str) -> None:
    parts = small.replace('services = "all"', 'services = ["web", "db"]')
    shop = '[service.shop]\nof = ["web", "db"]\n[sla.b]\navailability.shop = "98%"\n'

    assert compiled(f"{parts}\n{probed('db')}\n{shop}").text == "no errors, no warnings"
