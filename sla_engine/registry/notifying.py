"""One try at one message: what the notifier is handed, and the delivery that always comes back.

What a notifier of a plugin from outside raises, hangs at or ends costs this try and nothing else: it runs in a process
of its own, as probes do. Whatever is not known to have failed before anything went out is uncertain.
"""

import asyncio
import inspect
import math
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from attrs import evolve, field, frozen

from sla_engine.model.duration import Duration
from sla_engine.model.instant import SECOND
from sla_engine.plugin import AddressRefused, Delivery, Message, Notifier
from sla_engine.registry.deadlines import in_own_task, in_this_task
from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.http import GuardedClient, Session
from sla_engine.registry.isolation import NoAnswerError
from sla_engine.registry.offers import describe
from sla_engine.registry.outcomes import LONGEST_REASON, printable
from sla_engine.registry.runs import Equipment, LiveRun, in_thread
from sla_engine.registry.secrets import HidingLog

TRY_WITHIN = Duration(60 * SECOND)
"""How long one try may take."""
_LONGEST_REFERENCE = 200
_MOST_PARTS = 1_000
_ASKED_FOR = 1.0

_log = structlog.get_logger("sla_engine.notifier")


@frozen
class Errand:
    """A message for a notifier.

    Attributes:
        id: of the notifier in the policies.
        via: the name under which its plugin registered it.
        settings: the plugin's own object.
        guard: which addresses it may reach.
        environ: what secrets are read from, where it is sent from a process of its own.
        within: how long the try may take.
    """

    id: str
    via: str
    settings: Notifier
    message: Message
    guard: NetworkGuard
    environ: Mapping[str, str] = field(factory=dict, repr=False)
    within: Duration = TRY_WITHIN

    @property
    def doer(self) -> str:
        """The notifier."""
        return f"notifier {self.via!r}"


async def deliver(errand: Errand, equipment: Equipment) -> Delivery:
    """Try a message once: whatever the notifier does, a delivery comes back soon after the deadline at the latest.

    Raises:
        asyncio.CancelledError: this very call was cancelled.
    """
    owner = equipment.host.notifier_owners.get(errand.via)
    if equipment.isolation is None or owner is None or owner.is_built_in:
        return await deliver_here(errand, equipment)
    job = evolve(errand, environ=dict(equipment.isolation.environ))
    try:
        answer = await equipment.isolation.ask(job, owner.distribution, _delivery)
    except NoAnswerError as error:
        answer = _lost(str(error), certain=not error.was_begun)
    return tidy_delivery(answer, errand, equipment.secrets.hide)


async def deliver_here(errand: Errand, equipment: Equipment) -> Delivery:
    """Try a message once in this process, which a notifier that blocks the event loop would stop."""
    run = _live_run(errand, equipment)
    owner = equipment.host.notifier_owners.get(errand.via)
    attempt, seconds = _call(errand, run), run.remaining()
    try:
        if owner is not None and owner.is_built_in:
            answer = await in_this_task(attempt, seconds)
        else:
            answer = await in_own_task(attempt, seconds, run.log)
    except TimeoutError:
        answer = _lost(f"{errand.doer} gave no answer before its deadline of {errand.within}")
    except asyncio.CancelledError:
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise
        answer = _lost(f"{errand.doer} cancelled itself")
    return tidy_delivery(answer, errand, equipment.secrets.hide)


def keeps_apart(notifier: Notifier, via: str) -> bool:
    """Whether each thread gets messages of its own; not where the notifier cannot tell."""
    try:
        return notifier.keeps_apart() is True
    except Exception as error:
        _log.warning("a notifier cannot tell whether it keeps threads apart", via=via, error=describe(error))
        return False


def parts_of(notifier: Notifier, via: str, message: Message) -> int:
    """Of how many parts a message is; one where the notifier raises, or cannot tell within a second."""
    answers: list[Any] = []

    def ask() -> None:
        try:
            answers.append(notifier.parts(message))
        except BaseException as error:
            _log.warning("a notifier cannot count the parts of a message", via=via, error=describe(error))

    thread = threading.Thread(target=ask, name=f"notifier {via}", daemon=True)
    thread.start()
    thread.join(_ASKED_FOR)
    parts = answers[0] if answers else None
    return min(max(parts, 1), _MOST_PARTS) if isinstance(parts, int) else 1


def tidy_delivery(answer: Any, errand: Errand, hide: Callable[[str], str]) -> Delivery:
    """A delivery that can be kept: texts cut to what is kept, without secrets and control characters.

    Args:
        answer: whatever the notifier gave.
        hide: takes the secrets out of a text.
    """
    if not isinstance(answer, Delivery):
        return _lost(f"{errand.doer} gave {type(answer).__name__} and not a delivery")
    if not all(isinstance(flag, bool) for flag in (answer.sent, answer.certain, answer.is_final)):
        return _lost(f"{errand.doer} gave nonsense: a delivery that neither was nor was not")
    return Delivery(
        sent=answer.sent,
        certain=answer.certain,
        detail=_text(answer.detail, hide, LONGEST_REASON) or ("sent" if answer.sent else "no reason was given"),
        is_final=answer.is_final,
        retry_after=_seconds(answer.retry_after),
        reference=_text(answer.reference, hide, _LONGEST_REFERENCE) or None,
    )


def _live_run(errand: Errand, equipment: Equipment) -> LiveRun:
    clock, secrets = equipment.clock, equipment.secrets
    log = structlog.get_logger("sla_engine.notifier", notifier=errand.id, via=errand.via)
    deadline = clock.monotonic() + errand.within.microseconds / SECOND
    http = GuardedClient(equipment.transport, Session(errand.guard, None), clock, deadline)
    return LiveRun(deadline, HidingLog(log, secrets.hide), clock, secrets, errand.guard, http, memory={})


async def _call(errand: Errand, run: LiveRun) -> Any:
    """What the notifier gives, or an uncertain delivery for what it raises, SystemExit included."""
    notifier, message = errand.settings, errand.message
    try:
        if inspect.iscoroutinefunction(notifier.send):
            return await notifier.send(message, run)
        answer = await in_thread(lambda: notifier.send(message, run), f"notifier {errand.id}")
        return await answer if inspect.isawaitable(answer) else answer
    except asyncio.CancelledError:
        raise
    except AddressRefused as error:
        return _lost(str(error), certain=True)
    except BaseException as error:
        run.log.warning("the notifier failed", traceback=traceback.format_exc())
        return _lost(f"{errand.doer} raised {describe(error)}")


def _delivery(answer: Mapping[str, Any]) -> Delivery:
    """The delivery that a process told, or why it could not even begin."""
    return Delivery(**answer) if "sent" in answer else _lost(answer["reason"], certain=True)


def _lost(detail: str, *, certain: bool = False) -> Delivery:
    return Delivery(sent=False, certain=certain, detail=detail)


def _text(text: Any, hide: Callable[[str], str], longest: int) -> str:
    plain = text if isinstance(text, str) else "" if text is None else repr(text)
    return printable(hide(plain).encode(errors="replace").decode())[:longest]


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return max(0.0, float(value))
