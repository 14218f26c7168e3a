"""The whole way of a message, in processes that are killed at each of its steps; see test_f01_f03_outbox.py.

Each process is forked from this one, so that none has to be started anew: results are put into a store, incidents are
attended to, and what is to be told of them is sent. A step is a statement, a commit, or a connection to the database
that is opened or closed: between two of them lies whatever is done in memory or over the network.
"""

import asyncio
import gc
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import alembic.command  # noqa: F401 (imported once, and not by each process)
import sqlalchemy as sa
import structlog

from sla_engine.engine.incidents.attending import Attending
from sla_engine.engine.outbox.dispatcher import Dispatcher
from sla_engine.model.instant import MINUTE, parse_instant
from sla_engine.model.result import Result, State
from sla_engine.policy import Plugins, PolicySet, compile_policies
from sla_engine.registry.host import load_plugins
from sla_engine.store import Store, open_store
from sla_engine.testing.clock import FakeClock

NOON = parse_instant("2026-10-01T12:00:00Z")
POLICY = """
[service.web]
severity = "{severity}"
check.home = {{ probe = "http", url = "http://web.example" }}
[sla.standard]
timezone = "UTC"
availability.web = "99%"
[escalation.all]
on = {{ services = "all" }}
confirm = 2
recover = 2
step = [{{ notify = ["hook"] }}]
[notifier.hook]
via = "webhook"
gather = "0s"
url = "${{RECEIVER}}"
secrets = [{{ env = "SECRET" }}]
"""
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOST = load_plugins()


def main(folder: Path, receiver: str, severity: str, first: int, step: int, *, by_disk: bool) -> None:
    """Kill a process at every so many steps, and print what is there after another has done the rest."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    (folder / "policy.toml").write_text(POLICY.format(severity=severity))
    with open_store(f"sqlite:///{folder / 'empty.db'}") as store:
        store.upgrade()
    everything(folder, copy_of(folder, "warm"), f"{receiver}/warm")  # what is forked then need not begin anew
    gc.disable()
    gc.freeze()  # a collection would have every page of a fork copied
    die = die_at_write if by_disk else die_at_step
    for point in itertools.count(first, step):
        path, url = copy_of(folder, str(point)), f"{receiver}/{point}"
        died = play(folder, path, url, partial(die, point))
        again = play(folder, path, url, lambda: None, is_restart=True)
        print(json.dumps({"point": point, "died": died, "again": again, **left(path)}), flush=True)
        if not died:
            return


def copy_of(folder: Path, name: str) -> Path:
    """An empty store."""
    return Path(shutil.copy(folder / "empty.db", folder / f"{name}.db"))


def play(folder: Path, path: Path, receiver: str, prepare: Callable[[], None], *, is_restart: bool = False) -> bool:
    """Do everything in a process of its own; gives whether it was killed."""
    child = os.fork()
    if not child:
        try:
            prepare()
            everything(folder, path, receiver, is_restart=is_restart)
            os._exit(0)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), f"it ended by itself, with status {status}"
    return status == signal.SIGKILL


def die_at_step(number: int) -> None:
    """Have this process killed when it comes to its n-th step."""
    steps = itertools.count()

    def look(*_: object) -> None:
        if next(steps) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    for target, name in (
        (sa.Engine, "before_cursor_execute"),
        (sa.Engine, "commit"),
        (sa.pool.Pool, "connect"),
        (sa.pool.Pool, "close"),
    ):
        sa.event.listen(target, name, look)


def die_at_write(number: int) -> None:
    """Have this process killed in the n-th call by which one of its threads changes a file."""
    calls = "pwrite64,fdatasync,fsync,ftruncate,unlink,rename"
    inject = f"inject={calls}:signal=SIGKILL:when={number + 1}"
    command = ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={calls}", "-e", inject, "-p", str(os.getpid())]
    subprocess.Popen(command)
    while "TracerPid:\t0" in Path("/proc/self/status").read_text():
        time.sleep(0.005)


def everything(folder: Path, path: Path, receiver: str, *, is_restart: bool = False) -> None:
    """An outage and its end, seen, recorded and told; a restart sees the same again, as probes do that are late."""
    environ = {"RECEIVER": receiver, "SECRET": SECRET}
    plugins = Plugins(HOST.probes, HOST.notifiers, HOST.ticket_sources)
    policies = compile_policies([folder / "policy.toml"], plugins=plugins, environ=environ).policies
    assert policies is not None
    clock = FakeClock("2026-10-01T12:01:10Z")
    if is_restart:
        clock.pass_by(600)
    with open_store(f"sqlite:///{path}") as store:
        store.start_writer()
        asyncio.run(tell(policies, store, clock, environ))


async def tell(policies: PolicySet, store: Store, clock: FakeClock, environ: dict[str, str]) -> None:
    attending = Attending(lambda: policies, store, clock)
    dispatcher = Dispatcher(lambda: policies, HOST, store, clock, environ)
    store.writer.observers.append(attending.put)
    await dispatcher.recover()
    for state, minutes in ((State.DOWN, (0, 1)), (State.UP, (2, 3))):
        for minute in minutes:
            store.writer.put(Result("web/home", NOON + minute * MINUTE, state, MINUTE, reason="saw it"))
        store.writer.flush(10)
        attending.attend()
        for _ in range(3):
            await dispatcher.turn()
            await dispatcher.settle()
            clock.pass_by(40)
    await dispatcher.aclose()


def left(path: Path) -> dict[str, object]:
    """What stands in the store in the end."""
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        messages = connection.exec_driver_sql("SELECT state, key FROM messages ORDER BY id").all()
        waiting = connection.exec_driver_sql("SELECT count(*) FROM notices WHERE state = 'waiting'").scalar()
        incidents = connection.exec_driver_sql("SELECT count(*) FROM incidents").scalar()
        sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    engine.dispose()
    return {"messages": [list(row) for row in messages], "waiting": waiting, "incidents": incidents, "sound": sound}


if __name__ == "__main__":
    _, folder, receiver, severity, first, step, how = sys.argv
    main(Path(folder), receiver, severity, int(first), int(step), by_disk=how == "disk")
