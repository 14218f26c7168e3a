"""F47 from the probes' results on: three thousand services on one dead host, and a restart in the middle."""

from typing import Any

import pytest

from sla_engine.engine.incidents.attending import Attending
from sla_engine.model.instant import MINUTE, Instant
from sla_engine.model.result import Result, State
from sla_engine.policy import Plugins, compile_policies

SERVICES = 3_000
SERVICE = '[service.s{n}]\nevery = "5m"\ncheck.home = {{ probe = "http", url = "http://db1.example/{n}" }}\n'
AGREED = 'availability.s{n} = "99%"\n'
REST = """
[escalation.all]
on = {{ services = "all" }}
step = [{{ notify = ["mail"] }}]
[notifier.mail]
via = "webhook"
url = "{url}/mail"
secrets = [{{ env = "SECRET" }}]
"""


async def test_one_message_a_window_and_one_for_the_recovery(office: Any) -> None:
    await fail_and_recover(office, SERVICES)


@pytest.mark.every_database
async def test_it_is_the_same_on_every_database(office: Any) -> None:
    await fail_and_recover(office, 40)


async def fail_and_recover(office: Any, count: int) -> None:
    policies = with_services(office, count)
    office.policies = policies
    attending = attend(office)

    for number, state in enumerate((State.UP, State.DOWN, State.UP)):
        at = office.now + 5 * MINUTE
        office.clock.pass_by(5 * 60 + 1)
        results(office, range(1), at, state)
        await go(office, attending, 5)
        results(office, range(1, count), at, state)
        if number == 1:
            await office.restart()
            attending = attend(office)
        await go(office, attending, 120)

    told = [post.content["data"] for post in office.taken()]
    assert [(one["about"], one["names"]["count"]) for one in told] == [
        ("opened", "1"),
        ("opened", f"{count - 1:,}"),
        ("recovered", "1"),
        ("recovered", f"{count - 1:,}"),
    ]
    assert "db1.example" in told[1]["subject"]
    assert office.waiting == []


def with_services(office: Any, count: int) -> Any:
    names = range(count)
    agreement = '[sla.standard]\ntimezone = "UTC"\n' + "".join(AGREED.format(n=n) for n in names)
    services = "".join(SERVICE.format(n=n) for n in names)
    (office.folder / "policy.toml").write_text(services + agreement + REST.format(url=office.receiver.url))
    plugins = Plugins(office.host.probes, office.host.notifiers)
    found = compile_policies([office.folder], plugins=plugins, environ={})
    assert found.policies is not None, found.text
    return found.policies


def attend(office: Any) -> Attending:
    attending = Attending(lambda: office.policies, office.store, office.clock)
    office.store.writer.observers[:] = [attending.put]
    return attending


def results(office: Any, numbers: range, at: Instant, state: State) -> None:
    for number in numbers:
        reason = "connection refused" if state is State.DOWN else None
        office.store.writer.put(Result(f"s{number}/home", at, state, 5 * MINUTE, reason=reason))
    assert office.store.writer.flush(60)


async def go(office: Any, attending: Attending, seconds: int) -> None:
    for _ in range(seconds // 5):
        attending.attend()
        await office.go(5, step=5)
