"""One look at a help desk: what the ticket source is handed, and news that can be kept, or why there are none.

What a source of a plugin from outside raises, hangs at or ends costs this look and nothing else: it runs in a process
of its own, as probes do.
"""

import asyncio
import inspect
import math
import traceback
from collections.abc import Callable, Mapping
from typing import Any, get_args

import structlog
from attrs import evolve, field, frozen

from sla_engine.model.duration import Duration
from sla_engine.model.instant import DAY, SECOND
from sla_engine.plugin import CallRefused, SourceAct, SourceError, SourceEvent, SourceNews, TicketSource, WebhookCall
from sla_engine.registry.deadlines import in_own_task, in_this_task
from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.http import GuardedClient, Session
from sla_engine.registry.isolation import NoAnswerError
from sla_engine.registry.offers import describe
from sla_engine.registry.outcomes import LONGEST_REASON, printable
from sla_engine.registry.runs import Equipment, LiveRun, in_thread
from sla_engine.registry.secrets import HidingLog

LOOK_WITHIN = Duration(60 * SECOND)
"""How long one look may take."""
HEAR_WITHIN = Duration(20 * SECOND)
"""How long it may take to understand what was posted."""
MOST_EVENTS = 20_000
LONGEST_POSITION = 2 * 1024 * 1024
"""Letters of a position."""
_LONGEST_NAME = 200
_ACTS = frozenset(get_args(SourceAct))
_SAID = ("reason", "refused", "trouble")
_NAMES = ("level", "customer", "sender", "subject")


@frozen
class Inquiry:
    """What a ticket source is asked: what is new since a position, or what a call says.

    Attributes:
        id: of the source in the policies.
        via: the name under which its plugin registered it.
        settings: the plugin's own object.
        guard: which addresses it may reach.
        call: what was posted, or None where it is asked for news since ``position``.
        environ: what secrets are read from, where it is asked in a process of its own.
        within: how long it may take.
    """

    id: str
    via: str
    settings: TicketSource
    guard: NetworkGuard
    position: str | None = None
    call: WebhookCall | None = None
    environ: Mapping[str, str] = field(factory=dict, repr=False)
    within: Duration = LOOK_WITHIN

    @property
    def doer(self) -> str:
        """The ticket source."""
        return f"ticket source {self.via!r}"


async def inquire(inquiry: Inquiry, equipment: Equipment) -> SourceNews:
    """Ask a source once; whatever it does, this ends soon after the deadline at the latest.

    Raises:
        SourceError: it has no news, as it failed, did not end in time, or told nonsense.
        CallRefused: what was posted is not believed.
        asyncio.CancelledError: this very call was cancelled.
    """
    owner = equipment.host.source_owners.get(inquiry.via)
    if equipment.isolation is None or owner is None or owner.is_built_in:
        answer = await inquire_here(inquiry, equipment)
    else:
        job = evolve(inquiry, environ=dict(equipment.isolation.environ))
        try:
            answer = await equipment.isolation.ask(job, owner.distribution, dict)
        except NoAnswerError as error:
            raise SourceError(str(error)) from error
    return _read(answer, inquiry, equipment)


async def inquire_here(inquiry: Inquiry, equipment: Equipment) -> Mapping[str, Any]:
    """Ask a source once in this process, which one that blocks the event loop would stop; gives what JSON can hold."""
    answer = await _answer(inquiry, equipment)
    # Here, as only this process knows which secrets it revealed.
    told = {name: _text(answer[name], equipment.secrets.hide) for name in _SAID if answer.get(name) is not None}
    return {**answer, **told}


async def _answer(inquiry: Inquiry, equipment: Equipment) -> Mapping[str, Any]:
    run = _live_run(inquiry, equipment)
    owner = equipment.host.source_owners.get(inquiry.via)
    attempt, seconds = _call(inquiry, run), run.remaining()
    try:
        if owner is not None and owner.is_built_in:
            return await in_this_task(attempt, seconds)
        return await in_own_task(attempt, seconds, run.log)
    except TimeoutError:
        return _failed(f"{inquiry.doer} gave no answer before its deadline of {inquiry.within}")
    except asyncio.CancelledError:
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise
        return _failed(f"{inquiry.doer} cancelled itself")


def _live_run(inquiry: Inquiry, equipment: Equipment) -> LiveRun:
    clock, secrets = equipment.clock, equipment.secrets
    log = structlog.get_logger("sla_engine.sources", source=inquiry.id, via=inquiry.via)
    deadline = clock.monotonic() + inquiry.within.microseconds / SECOND
    http = GuardedClient(equipment.transport, Session(inquiry.guard, None), clock, deadline)
    return LiveRun(deadline, HidingLog(log, secrets.hide), clock, secrets, inquiry.guard, http, memory={})


async def _call(inquiry: Inquiry, run: LiveRun) -> Mapping[str, Any]:
    """What the source gives, or why it gives nothing, SystemExit included."""
    does = inquiry.settings.fetch if inquiry.call is None else inquiry.settings.hear
    try:
        if inspect.iscoroutinefunction(does):
            news = await _asked(inquiry, run)
        else:
            news = await in_thread(lambda: _asked(inquiry, run), f"ticket source {inquiry.id}")
            news = await news if inspect.isawaitable(news) else news
        return _written(news)
    except asyncio.CancelledError:
        raise
    except SourceError as error:
        return _failed(str(error.reason), error.retry_after)
    except CallRefused as error:
        return {"refused": str(error)}
    except BaseException as error:
        run.log.warning("the ticket source failed", traceback=traceback.format_exc())
        return _failed(f"{inquiry.doer} raised {describe(error)}")


def _asked(inquiry: Inquiry, run: LiveRun) -> Any:
    source = inquiry.settings
    return source.fetch(inquiry.position, run) if inquiry.call is None else source.hear(inquiry.call, run)


def _failed(reason: str, retry_after: Any = None) -> Mapping[str, Any]:
    return {"reason": reason, "retry_after": retry_after}


def _written(news: Any) -> Mapping[str, Any]:
    """News as JSON can hold them, whatever is in them.

    Raises:
        TypeError: they are none.
    """
    if not isinstance(news, SourceNews) or not all(isinstance(one, SourceEvent) for one in news.events):
        raise TypeError(f"it gave {type(news).__name__} and not news of events")
    events = [
        (one.ticket, str(one.act), one.at, one.key, *(getattr(one, name) for name in _NAMES)) for one in news.events
    ]
    return {
        "events": events,
        "position": news.position,
        "is_more": bool(news.is_more),
        "trouble": news.trouble,
        "retry_after": news.retry_after,
    }


def _read(answer: Mapping[str, Any], inquiry: Inquiry, equipment: Equipment) -> SourceNews:
    hide = equipment.secrets.hide
    if "refused" in answer:
        raise CallRefused(_text(answer["refused"], hide))
    if "events" not in answer:
        raise SourceError(_text(answer.get("reason"), hide), _seconds(answer.get("retry_after")))
    position, latest = answer["position"], equipment.clock.now() + DAY
    if position is not None and not (isinstance(position, str) and len(position) <= LONGEST_POSITION):
        raise SourceError(f"{inquiry.doer} told nonsense: a position that is no text, or too long")
    if len(answer["events"]) > MOST_EVENTS:
        raise SourceError(f"{inquiry.doer} told of more than {MOST_EVENTS:,} events at once: it may say is_more")
    events = [_event(fields, inquiry) for fields in answer["events"]]
    told = tuple(one for one in events if 0 <= one.at <= latest)
    trouble = None if answer["trouble"] is None else _text(answer["trouble"], hide)
    if len(told) < len(events):
        wrong = next(one for one in events if one not in told)
        trouble = (
            trouble or f"left out is what did not happen between 1970 and tomorrow: ticket {wrong.ticket}, {wrong.key}"
        )
    return SourceNews(told, position, answer["is_more"], trouble, _seconds(answer["retry_after"]))


def _event(fields: Any, inquiry: Inquiry) -> SourceEvent:
    ticket, act, at, key, *names = fields
    if not all(
        isinstance(text, str) and 0 < len(text) <= _LONGEST_NAME and text.isprintable() for text in (ticket, key)
    ):
        fault = f"a ticket or key that is no text of at most {_LONGEST_NAME} letters: {ticket!r:.100}, {key!r:.100}"
    elif act not in _ACTS:
        fault = f"{act!r:.100} is nothing that happens to a ticket"
    elif isinstance(at, bool) or not isinstance(at, int):
        fault = f"ticket {ticket}, {key}: {at!r:.100} is no instant in microseconds"
    elif not all(name is None or isinstance(name, str) for name in names):
        fault = f"ticket {ticket}, {key}: one of {', '.join(_NAMES)} is no text"
    else:
        return SourceEvent(ticket, act, at, key, *names)
    raise SourceError(f"{inquiry.doer} told nonsense: {fault}")


def _text(text: Any, hide: Callable[[str], str]) -> str:
    plain = text if isinstance(text, str) else "" if text is None else repr(text)
    return printable(hide(plain).encode(errors="replace").decode())[:LONGEST_REASON] or "no reason was given"


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return max(0.0, float(value))
