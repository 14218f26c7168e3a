"""Whether a target is down or we are cut off: decided by controls, which are real listeners here."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from sla_engine.engine.controls import KEPT
from sla_engine.engine.uplink import Uplink, make_uplink
from sla_engine.model.controls import Controls, Endpoint
from sla_engine.model.result import State
from sla_engine.plugin import Doubt, Outcome
from sla_engine.registry.guard import NetworkGuard
from sla_engine.testing.clock import FakeClock

SILENT = Outcome.down("connect: no answer before the deadline", doubt=Doubt.NETWORK)
NO_NAME = Outcome.down("resolve: name does not resolve: Name or service not known", doubt=Doubt.RESOLVER)
NO_RESOLVER = Outcome.error("resolve: name does not resolve: try again", doubt=Doubt.RESOLVER)


class Listener:
    """Accepts connections on a port of its own while it is open, and counts them."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.endpoint = Endpoint("127.0.0.1", free.getsockname()[1])
        self.count = 0
        self.server: asyncio.Server | None = None

    async def open(self) -> None:
        self.server = await asyncio.start_server(self._take, self.endpoint.host, self.endpoint.port)

    async def close(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None

    async def _take(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.count += 1
        writer.close()


@pytest.fixture
async def control() -> AsyncIterator[Listener]:
    listener = Listener()
    await listener.open()
    yield listener
    await listener.close()


@pytest.fixture
async def dead() -> Listener:
    return Listener()


@pytest.fixture
async def make(clock: FakeClock) -> AsyncIterator[Any]:
    made: list[Uplink] = []

    def build(*listeners: Listener, resolve: tuple[str, ...] = (), deny: tuple[str, ...] = ()) -> Uplink:
        controls = Controls(resolve, tuple(listener.endpoint for listener in listeners))
        made.append(make_uplink(controls, NetworkGuard(deny=deny), clock))
        return made[-1]

    yield build
    for uplink in made:
        await uplink.aclose()


@pytest.fixture
def hanging() -> Iterator[Endpoint]:
    """An endpoint whose queue is full, so that the system drops what else wants to connect."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for client in (first, second):
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield Endpoint(*listener.getsockname())


async def test_a_target_that_was_not_heard_of_is_down_where_a_control_answers(make: Any, control: Listener) -> None:
    outcome = await make(control).judge(SILENT, began=1000.0)

    assert (outcome.state, outcome.reason) == (State.DOWN, SILENT.reason)
    assert outcome.evidence == f"control: {control.endpoint} answers"


async def test_where_no_control_answers_nothing_is_known(make: Any, dead: Listener) -> None:
    outcome = await make(dead, Listener()).judge(SILENT, began=1000.0)

    assert outcome.state is State.ERROR
    assert outcome.reason == ("our own network: none of 2 controls answers; connect: no answer before the deadline")


async def test_one_control_of_many_is_enough(make: Any, dead: Listener, control: Listener) -> None:
    assert (await make(dead, control).judge(SILENT, began=1000.0)).state is State.DOWN


async def test_what_the_target_itself_answered_needs_no_control(make: Any, control: Listener) -> None:
    refused = Outcome.down("connect: connection refused")

    assert await make(control).judge(refused, began=1000.0) is refused
    assert control.count == 0


@pytest.mark.parametrize("outcome", [SILENT, NO_NAME, NO_RESOLVER])
async def test_without_controls_the_outcome_stands(make: Any, outcome: Outcome) -> None:
    assert await make().judge(outcome, began=1000.0) == outcome


async def test_a_resolver_without_an_answer_is_the_targets_where_it_answers_for_others(make: Any) -> None:
    outcome = await make(resolve=("localhost",)).judge(NO_RESOLVER, began=1000.0)

    assert (outcome.state, outcome.reason) == (
        State.DOWN,
        "resolve: name does not resolve: try again, while localhost does resolve",
    )


async def test_a_resolver_that_answers_from_memory_does_not_hide_that_we_are_cut_off(make: Any, dead: Listener) -> None:
    outcome = await make(dead, resolve=("localhost",)).judge(NO_NAME, began=1000.0)

    assert outcome.state is State.ERROR
    assert outcome.reason.startswith("our own network: the one control does not answer; resolve: ")


@pytest.mark.parametrize("outcome", [NO_NAME, SILENT])
async def test_where_no_control_name_resolves_our_resolver_may_have_used_up_the_try(
    make: Any, control: Listener, outcome: Outcome
) -> None:
    judged = await make(control, resolve=("no..name",)).judge(outcome, began=1000.0)

    assert judged.state is State.ERROR


async def test_endpoints_alone_cannot_acquit_the_resolver(make: Any, control: Listener) -> None:
    outcome = await make(control).judge(NO_RESOLVER, began=1000.0)

    assert (outcome.state, outcome.reason) == (State.ERROR, NO_RESOLVER.reason)


async def test_a_route_that_we_lack_is_ours_whatever_the_controls_say(make: Any, control: Listener) -> None:
    no_route = Outcome.error("connect: Network is unreachable", doubt=Doubt.NETWORK)

    assert (await make(control, resolve=("localhost",)).judge(no_route, began=1000.0)).state is State.ERROR


async def test_a_thousand_targets_that_fail_in_one_instant_ask_once(make: Any, control: Listener) -> None:
    uplink = make(control)

    outcomes = await asyncio.gather(*(uplink.judge(SILENT, began=1000.0) for _ in range(1000)))

    assert {outcome.state for outcome in outcomes} == {State.DOWN}
    assert control.count == 1


async def test_an_answer_speaks_for_the_tries_that_it_fell_into_and_for_a_few_seconds(
    make: Any, control: Listener, clock: FakeClock
) -> None:
    uplink = make(control)
    await uplink.judge(SILENT, began=1000.0)

    clock.pass_by(KEPT - 1)
    await uplink.judge(SILENT, began=999.0)
    assert control.count == 1

    clock.pass_by(2)
    await uplink.judge(SILENT, began=999.0)
    assert control.count == 2


async def test_an_answer_from_before_the_try_began_proves_nothing(
    make: Any, control: Listener, clock: FakeClock
) -> None:
    uplink = make(control)
    await uplink.judge(SILENT, began=1000.0)
    await control.close()

    clock.pass_by(1)
    outcome = await uplink.judge(SILENT, began=1000.5)

    assert outcome.state is State.ERROR


async def test_a_try_that_began_before_we_were_known_to_be_back_is_held_against_nobody(
    make: Any, dead: Listener, clock: FakeClock
) -> None:
    uplink = make(dead)
    await uplink.panels[Doubt.NETWORK].ask()
    clock.pass_by(3)
    began_while_away = clock.monotonic()
    await dead.open()
    clock.pass_by(1)

    first, second = await uplink.judge(SILENT, began_while_away), await uplink.judge(SILENT, began_while_away)
    clock.pass_by(1)
    later = await uplink.judge(SILENT, began=clock.monotonic())

    assert (first.state, second.state, later.state) == (State.ERROR, State.ERROR, State.DOWN)
    assert not uplink.panels[Doubt.NETWORK].is_silent
    await dead.close()


async def test_a_control_that_hangs_holds_nobody_up_for_long(
    make: Any, hanging: Endpoint, control: Listener, clock: FakeClock
) -> None:
    beside_one_that_answers = make_uplink(Controls((), (hanging, control.endpoint)), NetworkGuard(), clock)
    alone = make_uplink(Controls((), (hanging,)), NetworkGuard(), clock)

    assert (await beside_one_that_answers.judge(SILENT, 1000.0)).state is State.DOWN
    began = time.monotonic()
    outcome = await alone.judge(SILENT, 1000.0)

    assert outcome.state is State.ERROR
    assert 1.9 < time.monotonic() - began < 6
    assert f"{hanging}: no answer within 2 s" in alone.alert.present
    await beside_one_that_answers.aclose()
    await alone.aclose()


async def test_a_control_whose_address_is_denied_is_told_so(make: Any, control: Listener) -> None:
    uplink = make(control, deny=("127.0.0.0/8",))

    assert (await uplink.judge(SILENT, began=1000.0)).state is State.ERROR
    assert "denied by engine.targets" in uplink.alert.present


async def test_being_cut_off_and_being_back_are_told_once_each_and_nobody_has_to_ask(
    make: Any, dead: Listener, clock: FakeClock
) -> None:
    uplink = make(dead, resolve=("no..name",))
    await asyncio.gather(*(uplink.judge(outcome, 1000.0) for outcome in [SILENT, NO_NAME, NO_RESOLVER] * 20))
    assert uplink.alert.present is not None
    [cut_off] = uplink.alert.news()
    assert cut_off.kind == "cut-off"
    assert str(dead.endpoint) in cut_off.detail or "no..name" in cut_off.detail

    uplink = make(dead)
    await uplink.judge(SILENT, 1000.0)
    await dead.open()
    while uplink.alert.present is not None:
        await asyncio.sleep(0.01)

    assert [news.kind for news in uplink.alert.news()] == ["cut-off", "back"]
    assert uplink.alert.news() == []
    await dead.close()
