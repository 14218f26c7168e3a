"""The process in which a plugin from outside runs: orders come in on one pipe, outcomes go out on another."""

import asyncio
import json
import os
import pickle
import resource
import struct
import threading
import time
from collections.abc import Sequence
from typing import Any, BinaryIO

import attrs

from sla_engine.plugin import Delivery, Outcome
from sla_engine.plugin.fields import Secret
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import PluginHost, load_plugins
from sla_engine.registry.http import HttpTransport
from sla_engine.registry.isolation import READY, Order
from sla_engine.registry.logs import configure_logs
from sla_engine.registry.notifying import Errand, deliver_here
from sla_engine.registry.runs import Equipment, Guards, run_here
from sla_engine.registry.secrets import SecretSource
from sla_engine.registry.sourcing import Inquiry, inquire_here

_LENGTH = struct.Struct("!I")
_LOOK_FOR_PARENT = 1.0
_MOST_MEMORY = 4 * 1024**3


def main() -> None:
    """Carry out orders until there are no more."""
    orders, answers = _own_pipes()
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    _limit_memory()
    configure_logs()
    memories: dict[str, dict[str, Any]] = {}
    while True:
        _send(answers, READY)
        content = _read(orders)
        if content is None:
            return
        try:
            order: Order | Errand | Inquiry = pickle.loads(content)  # noqa: S301 (from our own parent, over a pipe that nobody else has)
        except BaseException as error:  # the plugin's module may do anything while it is imported
            reason = f"what is to be done cannot be rebuilt in the plugin's process: {type(error).__name__}: {error}"
            _send(answers, _encode(Outcome.error(reason)))
            continue
        asyncio.run(_carry_out(order, answers, memories))


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes, moved to where a plugin that prints or reads does not reach them."""
    orders = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.dup2(2, 1)
    os.close(nowhere)
    return orders, answers


def _read(orders: BinaryIO) -> bytes | None:
    header = orders.read(_LENGTH.size)
    return orders.read(_LENGTH.unpack(header)[0]) if len(header) == _LENGTH.size else None


async def _carry_out(order: Order | Errand | Inquiry, answers: BinaryIO, memories: dict[str, dict[str, Any]]) -> None:
    """Answer at once; what is left of the try is ended afterwards, before the next order is taken."""
    secrets = SecretSource(order.environ, _ask_plugins)
    guards = Guards(order.guard, order.guard)
    equipment = Equipment(SystemClock(), secrets, guards, HttpTransport(), PluginHost(), memories=memories)
    dialogue: list[str] = []
    try:
        if isinstance(order, Errand):
            _send(answers, _encode_delivery(await deliver_here(order, equipment)))
            return
        if isinstance(order, Inquiry):
            _send(answers, json.dumps(await inquire_here(order, equipment)).encode() + b"\n")
            return
        outcome = await run_here(order.check, equipment, dialogue.append if order.is_traced else None)
        _send(answers, _encode(outcome, dialogue))
    finally:
        await equipment.aclose()


def _ask_plugins(reference: Secret) -> str | None:
    return load_plugins().secret(reference)


def _encode(outcome: Outcome, dialogue: Sequence[str] = ()) -> bytes:
    answer = {
        "state": outcome.state.value,
        "reason": outcome.reason,
        "phases": dict(outcome.phases),
        "values": dict(outcome.values),
        "evidence": outcome.evidence,
        "findings": [(found.what, found.expected, found.seen, found.state.value) for found in outcome.findings],
        "doubt": outcome.doubt,
        "trace": dialogue,
    }
    return json.dumps(answer).encode() + b"\n"


def _encode_delivery(delivery: Delivery) -> bytes:
    return json.dumps(attrs.asdict(delivery)).encode() + b"\n"


def _send(answers: BinaryIO, line: bytes) -> None:
    answers.write(line)
    answers.flush()


def _limit_memory() -> None:
    """A plugin that asks for more memory than anything reasonable gets a `MemoryError`, and the machine stays up."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = _MOST_MEMORY if hard == resource.RLIM_INFINITY else min(_MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _end_with_parent(parent: int) -> None:
    """A plugin that never returns must not outlive the engine that was killed."""
    while os.getppid() == parent:
        time.sleep(_LOOK_FOR_PARENT)
    os._exit(1)


if __name__ == "__main__":
    main()
