"""A short message on its way to a gateway, and what became of it.

A gateway that took a message has it, whatever happens then; what it says no to, it has not; and where the answer to the
last part of a message is lost, nobody knows.
"""

import asyncio
from typing import TYPE_CHECKING

from attrs import define, evolve

from sla_engine.plugin import AddressRefused, Delivery, Duration, HttpError, NotifyRun, Outcome, StageFailed, Stages
from sla_engine.plugin.stages import describe
from sla_http.posting import NOTHING_WAS_SENT
from sla_sms.asking import Line
from sla_sms.choosing import http_gateway
from sla_sms.failures import Refused, Undeliverable
from sla_sms.gateway import Delivery as Fate
from sla_sms.gateway import ShortMessage
from sla_sms.judging import is_down
from sla_sms.parts import submissions
from sla_sms.pdus import c_string
from sla_sms.session import Session
from sla_sms.smpp import DELIVERED, await_receipt, bind, check_password, leave
from sla_sms.tls import connected
from sla_sms.web import follow

if TYPE_CHECKING:
    from sla_sms.keys import SmsReceipt
    from sla_sms.notifier import SmsNotifier

_HEAD_START = 0.05  # before the engine cuts the try off, because only here it is known how far it came
_PARTING = 1.0  # seconds that are kept of a wait for a receipt
_SECOND = 1_000_000
_UNKNOWN = "UNKNOWN"  # as SMPP has it: neither that it arrived nor that it did not

Trouble = StageFailed | HttpError | AddressRefused | OSError | EOFError | LookupError


@define
class Journey:
    """How far a message has come.

    Attributes:
        is_out: whether the last of it was written, so that the gateway may have taken it.
        ids: what the gateway calls it, or each of its parts, or None as long as it has not taken all of it.
        states: of a message that arrived.
        fate: what was last heard of it, or None where nobody asked.
    """

    stages: Stages
    is_out: bool = False
    ids: list[str] | None = None
    states: tuple[str, ...] = ()
    fate: Fate | None = None

    @property
    def reference(self) -> str | None:
        """The gateway's own names for it."""
        return " ".join(filter(None, self.ids or ())) or None


async def send(notifier: "SmsNotifier", message: ShortMessage, run: NotifyRun) -> Delivery:
    """Give a message to the notifier's gateway, once, and wait for its receipt where the policy wants that."""
    journey = Journey(Stages(run.clock))
    travel = _by_smpp if notifier.kind == "smpp" else _by_http
    try:
        async with asyncio.timeout(max(run.remaining() - _HEAD_START, 0.0)):
            await travel(notifier, message, run, journey)
    except (StageFailed, HttpError, AddressRefused, OSError, EOFError, LookupError) as error:
        return _interrupted(journey, error)
    return _ended(journey)


async def _by_smpp(notifier: "SmsNotifier", message: ShortMessage, run: NotifyRun, journey: Journey) -> None:
    password = check_password("" if notifier.password is None else run.secrets.reveal(notifier.password))
    wanted, stages = notifier.receipt, journey.stages
    async with connected(notifier, run, stages) as session:
        await bind(session, stages, notifier, password)
        session.awaits_receipt = wanted is not None
        session.hex_ids = wanted is not None and wanted.hex_ids
        async with stages.stage("submit"):
            journey.ids = await _submitted(session, message, journey, wants_receipt=wanted is not None)
        if wanted is not None:
            journey.states = wanted.states or DELIVERED
            async with stages.stage("receipt"):
                await _await_receipts(session, _patience(wanted, run), journey)
        await leave(session, stages, run)


async def _submitted(session: Session, message: ShortMessage, journey: Journey, *, wants_receipt: bool) -> list[str]:
    """The gateway's names for all the parts of a message. Of one that has not all of them nothing can be read."""
    requests = submissions(message, wants_receipt=wants_receipt)
    ids: list[str] = []
    for number, request in enumerate(requests, start=1):
        journey.is_out = number == len(requests)
        answer = await session.ask(request)
        ids.append(c_string(answer.body))
        session.adopt(ids[-1], is_last=journey.is_out)  # at once: some gateways send no more before it is taken
    return ids


async def _await_receipts(session: Session, seconds: float, journey: Journey) -> None:
    """What became of each part, until one has failed or the time is up."""
    journey.fate = Fate("", is_final=False)
    try:
        async with asyncio.timeout(seconds) as patience:
            for message_id in journey.ids or ():
                receipt = await await_receipt(session, message_id, journey.states)
                journey.fate = Fate(receipt.state, receipt.is_final, receipt.error.strip("0") and receipt.error)
                if receipt.state not in journey.states:
                    return
    except TimeoutError:
        if not patience.expired():
            raise
        journey.fate = Fate(session.receipts[-1].state if session.receipts else "", is_final=False)


async def _by_http(notifier: "SmsNotifier", message: ShortMessage, run: NotifyRun, journey: Journey) -> None:
    gateway = http_gateway(notifier, run, message)
    wanted, line = notifier.receipt, Line(run, journey.stages, notifier.verify, notifier.ca_file)
    request = gateway.send()
    async with journey.stages.stage("submit"):
        journey.is_out = True
        taken = gateway.read_taken(await line.ask(request))
        if is_down(taken.findings):
            raise Refused(Outcome.judged(taken.findings).reason or "")
        journey.ids = [taken.message_id or ""]
    if wanted is not None and taken.message_id is not None:
        journey.states = wanted.states or gateway.delivered
        within = Duration(round(_patience(wanted, run) * _SECOND))
        async with journey.stages.stage("receipt"):
            journey.fate = await follow(gateway, line, taken.message_id, within, journey.states)


def _patience(wanted: "SmsReceipt", run: NotifyRun) -> float:
    """Seconds to wait for a receipt: what the policy wants, as far as there is time for it."""
    return max(min(wanted.within.microseconds / _SECOND, run.remaining() - _PARTING), 0.0)


def _ended(journey: Journey) -> Delivery:
    """What became of a message that the gateway took."""
    taken = f"taken as {journey.reference}" if journey.reference else "taken"
    fate = journey.fate
    if fate is None:
        return Delivery(sent=True, certain=True, detail=taken, reference=journey.reference)
    if fate.is_final and fate.state not in (*journey.states, _UNKNOWN):
        told = f"receipt: {fate}; {taken}"
        return Delivery(sent=False, certain=True, detail=told, is_final=True, reference=journey.reference)
    arrived = fate.state in journey.states
    told = f"receipt: {fate}" if arrived else f"no receipt in time, last heard: {fate.state or 'nothing'}"
    return Delivery(sent=True, certain=True, detail=f"{told}; {taken}", reference=journey.reference)


def _interrupted(journey: Journey, error: Trouble) -> Delivery:
    """What a fault on the way comes to: nothing that happens after the gateway took a message unsays it."""
    told = f"{journey.stages.current}: {_words(error)}".removeprefix(": ")
    if journey.ids is not None:
        delivery = _ended(journey)
        return evolve(delivery, detail=f"{delivery.detail}; {told}")
    is_unsent = isinstance(error, HttpError) and error.stage in NOTHING_WAS_SENT
    return Delivery(
        sent=False,
        certain=isinstance(error, Refused) or is_unsent or not journey.is_out,
        detail=told,
        is_final=isinstance(error, Undeliverable),
        retry_after=error.retry_after if isinstance(error, Refused) else None,
    )


def _words(error: Trouble) -> str:
    if type(error) is TimeoutError:
        return "no answer in time"
    if isinstance(error, LookupError):
        return f"secret: {error.args[0]}"
    if isinstance(error, EOFError):
        return "connection closed by the gateway"
    return describe(error) if isinstance(error, OSError) else str(error)
