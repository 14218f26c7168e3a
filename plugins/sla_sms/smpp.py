"""The conversation with a gateway over SMPP 3.4, from connect to unbind."""

import asyncio
from typing import TYPE_CHECKING

from sla_engine.plugin import Doubt, Finding, NotifyRun, Outcome, ProbeRun, StageFailed, Stages, State
from sla_sms.failures import Busy
from sla_sms.gateway import ShortMessage
from sla_sms.judging import findings, is_down, receipt_finding
from sla_sms.keys import SmsReceipt, SmsSubmit
from sla_sms.parts import submissions
from sla_sms.pdus import c_string
from sla_sms.session import Session
from sla_sms.texts import measure
from sla_sms.tls import Way, connected

if TYPE_CHECKING:
    from sla_sms.probe import SmsProbe
    from sla_sms.receipts import Receipt

DELIVERED = ("DELIVRD",)
"""The states of a message that arrived."""

_LONGEST_PASSWORD = 8
_ASK_WHETHER_ALIVE = 10.0
_LAST_PATIENCE = 2.0
_MICROSECONDS = 1_000_000


async def converse(probe: "SmsProbe", run: ProbeRun, stages: Stages, password: str) -> Outcome:
    """Bind, ask whether it is alive, send a message where the policy says so, and unbind.

    Raises:
        StageFailed: the gateway refused a step; `Busy` where it is only busy.
        OSError: the connection could not be had.
    """
    from aiosmpplib import EnquireLink

    found: list[Finding] = []
    async with connected(probe, run, stages, run.trace) as session:
        await bind(session, stages, probe, password)
        async with stages.stage("enquire_link"):
            await session.ask(EnquireLink())
        if probe.submit is not None:
            began = run.clock.monotonic()
            message_id = await _submit(session, stages, probe.submit, probe.receipt)
            if probe.receipt is not None:
                found.append(await _receipt(session, stages, probe.receipt, message_id))
                if not is_down(found):
                    stages.values["round_trip"] = run.clock.monotonic() - began
        found += await leave(session, stages, run)
    found += findings(probe.expect, probe.degraded, stages)
    return Outcome.judged(found)


def check_password(password: str) -> str:
    """The password, if it can be one.

    Raises:
        LookupError: it cannot.
    """
    if len(password) > _LONGEST_PASSWORD or not password.isascii():
        raise LookupError(f"a password has at most {_LONGEST_PASSWORD} ASCII characters in SMPP 3.4")
    return password


async def bind(session: Session, stages: Stages, way: Way, password: str) -> None:
    """Log in, in the mode that the policy wants."""
    from aiosmpplib import BindReceiver, BindTransceiver, BindTransmitter

    modes = {"transmitter": BindTransmitter, "receiver": BindReceiver, "transceiver": BindTransceiver}
    login = modes[way.bind](system_id=way.system_id, password=password, system_type=way.system_type)
    async with stages.stage("bind"):
        answer = await session.ask(login, f"as {way.system_id!r}, password ***")
        stages.saw(f"bound to {c_string(answer.body)!r}")


async def _submit(session: Session, stages: Stages, submit: SmsSubmit, wanted: SmsReceipt | None) -> str:
    """Send one message, once: where the answer is lost, nobody knows whether it was taken."""
    short_message = ShortMessage(submit.to, submit.from_, submit.text)
    [message] = submissions(short_message, wants_receipt=wanted is not None)
    session.awaits_receipt = wanted is not None
    session.hex_ids = wanted is not None and wanted.hex_ids
    stages.values["parts"] = measure(submit.text).parts
    async with stages.stage("submit"):
        answer = await session.ask(message, f"{submit.text!r} from {submit.from_} to {submit.to}")
        message_id = c_string(answer.body)
        stages.saw(f"message to {submit.to} taken as {message_id!r}")
        if wanted and not message_id:
            raise StageFailed("the message was taken without an id, so that no receipt can be told to be its own")
    if wanted:
        session.adopt(message_id)
    return message_id


async def _receipt(session: Session, stages: Stages, wanted: SmsReceipt, message_id: str) -> Finding:
    """What became of the message; where nothing is heard of it, at least whether the gateway is still there."""
    states = wanted.states or DELIVERED
    async with stages.stage("receipt"):
        try:
            async with asyncio.timeout(wanted.within.microseconds / _MICROSECONDS) as patience:
                receipt = await await_receipt(session, message_id, states)
        except TimeoutError:
            if not patience.expired():
                raise
        else:
            stages.saw(f"message {message_id}: {receipt}")
            return receipt_finding(states, str(receipt), receipt.state)
        await _insist_on_life(session)
    last = session.receipts[-1].state if session.receipts else "none"
    unreadable = f", {session.unreadable} could not be read" if session.unreadable else ""
    return receipt_finding(states, f"{last or 'without a state'} within {wanted.within}{unreadable}", "")


async def await_receipt(session: Session, message_id: str, states: tuple[str, ...]) -> "Receipt":
    """Wait for the receipt; gateways drop sessions that are silent for long, and one that is gone will send none."""
    while True:
        try:
            async with asyncio.timeout(_ASK_WHETHER_ALIVE) as patience:
                return await session.receipt(message_id, states)
        except TimeoutError:
            if not patience.expired():
                raise
        await _is_alive(session)


async def _insist_on_life(session: Session) -> None:
    try:
        async with asyncio.timeout(_LAST_PATIENCE) as patience:
            await _is_alive(session)
    except TimeoutError as error:
        if not patience.expired():
            raise
        raise StageFailed("no receipt, and the gateway answers no more", doubt=Doubt.NETWORK) from error


async def _is_alive(session: Session) -> None:
    from aiosmpplib import EnquireLink

    try:
        await session.ask(EnquireLink())
    except Busy:  # whoever says so is alive
        return


async def leave(session: Session, stages: Stages, run: ProbeRun | NotifyRun) -> list[Finding]:
    """Unbind; a gateway that has done its work and then fumbles this is degraded, and up where it just closes."""
    from aiosmpplib import Unbind

    patience = min(_LAST_PATIENCE, run.remaining() / 2)
    try:
        async with stages.stage("unbind"), asyncio.timeout(patience):
            await session.ask(Unbind())
    except (EOFError, ConnectionError):
        stages.saw("closed without an answer")
    except StageFailed as failure:
        return [Finding("unbind", "an answer", str(failure), State.DEGRADED)]
    except TimeoutError:
        return [Finding("unbind", "an answer", f"none within {patience:.2g} s", State.DEGRADED)]
    return []
