"""The conversation with a gateway over HTTP: its balance, a message, and what becomes of it."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sla_engine.plugin import Duration, Finding, Outcome, ProbeRun, StageFailed, Stages
from sla_sms.asking import Line
from sla_sms.failures import Busy
from sla_sms.gateway import Delivery, HttpGateway, Taken
from sla_sms.judging import findings, is_down, receipt_finding
from sla_sms.keys import SmsReceipt, SmsSubmit
from sla_sms.texts import measure

if TYPE_CHECKING:
    from sla_sms.probe import SmsProbe

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0
_MICROSECONDS = 1_000_000


async def converse(probe: "SmsProbe", gateway: HttpGateway, run: ProbeRun, stages: Stages) -> Outcome:
    """Ask for the balance, which also shows that the account is let in, and send a message where the policy says so.

    Raises:
        StageFailed: the gateway refused a step; `Busy` where it is only busy.
        HttpError: no answer was had.
    """
    found: list[Finding] = []
    line = Line(run, stages, probe.verify, probe.ca_file, run.trace)
    if (request := gateway.ask_balance()) is not None:
        async with stages.stage("balance"):
            balance = gateway.read_balance(await line.ask(request))
            stages.values["balance"] = balance
            stages.saw(f"{balance:.6g}")
    is_sound = not is_down(findings(probe.expect, probe.degraded, stages, so_far=True))
    if probe.submit is not None and is_sound:  # a message that can change nothing is not paid for
        began = run.clock.monotonic()
        taken = await _submit(gateway, line, probe.submit)
        found += taken.findings
        if probe.receipt is not None and not is_down(found):
            found.append(await _receipt(gateway, line, probe.receipt, taken.message_id))
            if not is_down(found):
                stages.values["round_trip"] = run.clock.monotonic() - began
    found += findings(probe.expect, probe.degraded, stages)
    return Outcome.judged(found)


async def _submit(gateway: HttpGateway, line: Line, submit: SmsSubmit) -> Taken:
    """Send one message, once: where the answer is lost, nobody knows whether it was taken."""
    line.stages.values["parts"] = measure(submit.text).parts
    async with line.stages.stage("submit"):
        taken = gateway.read_taken(await line.ask(gateway.send()))
        line.stages.saw(f"message to {submit.to} taken as {taken.message_id!r}")
    if taken.balance is not None:
        line.stages.values["balance"] = taken.balance
    return taken


async def _receipt(gateway: HttpGateway, line: Line, wanted: SmsReceipt, message_id: str | None) -> Finding:
    """What became of the message, asked for again and again, at growing intervals."""
    states = wanted.states or gateway.delivered
    async with line.stages.stage("receipt"):
        if message_id is None:
            raise StageFailed("the message was taken without an id, so that it cannot be asked for")
        delivery = await follow(gateway, line, message_id, wanted.within, states)
        if not delivery.is_final and delivery.state not in states:
            return receipt_finding(states, f"{delivery.state or 'no answer'} within {wanted.within}", "")
        line.stages.saw(f"message {message_id}: {delivery}")
    return receipt_finding(states, str(delivery), delivery.state)


async def follow(
    gateway: HttpGateway, line: Line, message_id: str, within: Duration, states: tuple[str, ...]
) -> Delivery:
    """What has become of a message when it is in one of these states, or at its end, or when the time is up."""
    delivery = Delivery("", is_final=False)
    try:
        async with asyncio.timeout(within.microseconds / _MICROSECONDS) as patience:
            for pause in _pauses():
                delivery = await _ask_delivery(gateway, line, message_id, delivery)
                if delivery.is_final or delivery.state in states:
                    break
                await asyncio.sleep(pause)
    except TimeoutError:
        if not patience.expired():
            raise
    return delivery


async def _ask_delivery(gateway: HttpGateway, line: Line, message_id: str, last: Delivery) -> Delivery:
    try:
        return gateway.read_delivery(await line.ask(gateway.ask_delivery(message_id)))
    except Busy:  # it was asked too often, so it is asked again later
        return last


def _pauses() -> Iterator[float]:
    """Seconds to wait between questions: short at first, as most messages arrive soon."""
    pause = _FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 2, _LONGEST_PAUSE)
