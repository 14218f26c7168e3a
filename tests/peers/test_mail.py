"""Our smtp probe beside check_smtp and blackbox_exporter, on the same servers at the same time."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from sla_engine.testing.servers.certificates import LocalAuthority
from sla_engine.testing.servers.smtp import SmtpServer
from tests.peers.asking_mail import USER, blackbox_module, check_smtp, our_probe
from tests.peers.conftest import Attempt, Serve
from tests.peers.mail_targets import MAIL_TARGETS, MailTarget
from tests.peers.tools import Blackbox, blackbox, exit_of
from tests.peers.verdicts import Asked, table

pytestmark = pytest.mark.peers


async def test_mail_servers_are_judged_as_the_peers_do_or_better_for_a_reason(
    serve: Serve,
    attempt: Attempt,
    stack: ExitStack,
    authority: LocalAuthority,
    ca_file: str,
    tmp_path: Path,
    golden: Callable[[str, str], None],
) -> None:
    async def port_of(target: MailTarget) -> int:
        if target.answer is not None:
            return await serve(target.answer, target.host, ssl=None)
        context = target.certificate(authority) if target.certificate else None
        users = {USER: "pass"} if target.password else None
        server = SmtpServer(tls=target.tls if context else "none", context=context, users=users)
        await asyncio.to_thread(stack.enter_context, server)
        for stage, fault in target.faults.items():
            server.break_(stage, fault.reply, delay=fault.delay, close=fault.close)
        return server.port

    async def ask(name: str, target: MailTarget, box: Blackbox) -> Asked:
        port = await port_of(target)
        ours, plugin, (success, log) = await asyncio.gather(
            attempt(name, our_probe(target, port, ca_file), target.patience),
            exit_of(check_smtp(target, port)),
            box.probe(name, f"{f'[{target.host}]' if ':' in target.host else target.host}:{port}"),
        )
        return Asked(ours, plugin, success, log)

    modules = {name: blackbox_module(target, ca_file) for name, target in MAIL_TARGETS.items()}
    async with blackbox(modules, tmp_path) as box:
        answers = await asyncio.gather(*(ask(name, target, box) for name, target in MAIL_TARGETS.items()))

    asked = dict(zip(MAIL_TARGETS, answers, strict=True))
    why = {name: target.why for name, target in MAIL_TARGETS.items()}
    golden("mail.txt", table("check_smtp", asked, why))
    assert {name: one.disagreeing("check_smtp") for name, one in asked.items()} == {
        name: set(why[name]) for name in why
    }
