"""Our http probe beside check_http and blackbox_exporter, on the same servers at the same time."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine.testing.servers.certificates import LocalAuthority
from tests.peers.asking_web import blackbox_module, check_http, our_probe
from tests.peers.conftest import Attempt, Serve
from tests.peers.tools import Blackbox, blackbox, exit_of
from tests.peers.verdicts import Asked, table
from tests.peers.web_targets import WEB_TARGETS, WebTarget

pytestmark = pytest.mark.peers


async def test_web_servers_are_judged_as_the_peers_do_or_better_for_a_reason(
    serve: Serve,
    attempt: Attempt,
    authority: LocalAuthority,
    ca_file: str,
    tmp_path: Path,
    golden: Callable[[str, str], None],
) -> None:
    async def port_of(target: WebTarget) -> int:
        if target.answer is None:
            return 1
        context = target.certificate(authority) if target.certificate else None
        return await serve(target.answer, target.host, ssl=context)

    async def ask(name: str, target: WebTarget, box: Blackbox) -> Asked:
        port = await port_of(target)
        ours, plugin, (success, log) = await asyncio.gather(
            attempt(name, our_probe(target, port, ca_file), target.patience),
            exit_of(check_http(target, port)),
            box.probe(name, target.url(port)),
        )
        return Asked(ours, plugin, success, log)

    modules = {name: blackbox_module(target, ca_file) for name, target in WEB_TARGETS.items()}
    async with blackbox(modules, tmp_path) as box:
        answers = await asyncio.gather(*(ask(name, target, box) for name, target in WEB_TARGETS.items()))

    asked = dict(zip(WEB_TARGETS, answers, strict=True))
    why = {name: target.why for name, target in WEB_TARGETS.items()}
    golden("web.txt", table("check_http", asked, why))
    assert {name: one.disagreeing("check_http") for name, one in asked.items()} == {
        name: set(why[name]) for name in why
    }
