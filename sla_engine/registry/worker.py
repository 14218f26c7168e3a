"""The process in which a plugin from outside runs: orders come in on one pipe, outcomes go out on another."""

import asyncio
import json
import os
import pickle
import struct
import sys
import threading
import time
from typing import BinaryIO

import structlog

from sla_engine.model.instant import Instant
from sla_engine.plugin import Outcome
from sla_engine.plugin.fields import Secret
from sla_engine.registry.host import load_plugins
from sla_engine.registry.http import HttpTransport
from sla_engine.registry.isolation import Order
from sla_engine.registry.runs import Equipment, Guards, run_try
from sla_engine.registry.secrets import SecretSource

_LENGTH = struct.Struct("!I")
_LOOK_FOR_PARENT = 2.0


class WorkerClock:
    """The time, in a process of its own."""

    def now(self) -> Instant:
        """Microseconds since the Unix epoch."""
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        """Seconds on a clock that is never set."""
        return time.monotonic()


def main() -> None:
    """Carry out orders until there are no more."""
    orders, answers = _own_pipes()
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    while (order := _read(orders)) is not None:
        outcome = asyncio.run(_carry_out(order))
        answers.write(_encode(outcome))
        answers.flush()


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes, moved to where a plugin that prints or reads does not reach them."""
    orders = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.dup2(2, 1)
    os.close(nowhere)
    return orders, answers


def _read(orders: BinaryIO) -> Order | None:
    header = orders.read(_LENGTH.size)
    if len(header) < _LENGTH.size:
        return None
    content = orders.read(_LENGTH.unpack(header)[0])
    order: Order = pickle.loads(content)  # noqa: S301 (from our own parent, over a pipe that nobody else has)
    return order


async def _carry_out(order: Order) -> Outcome:
    transport = HttpTransport()
    secrets = SecretSource(order.environ, _ask_plugins)
    equipment = Equipment(WorkerClock(), secrets, Guards(order.guard, order.guard), transport)
    try:
        return await run_try(order.check, equipment)
    finally:
        await transport.aclose()


def _ask_plugins(reference: Secret) -> str | None:
    return load_plugins().secret(reference)


def _encode(outcome: Outcome) -> bytes:
    answer = {
        "state": outcome.state.value,
        "reason": outcome.reason,
        "phases": dict(outcome.phases),
        "values": dict(outcome.values),
        "evidence": outcome.evidence,
    }
    return json.dumps(answer).encode() + b"\n"


def _end_with_parent(parent: int) -> None:
    """A plugin that never returns must not outlive the engine that was killed."""
    while os.getppid() == parent:
        time.sleep(_LOOK_FOR_PARENT)
    os._exit(1)


if __name__ == "__main__":
    main()
