"""Plugins hear of the verdicts that commands give; one that fails at it fails no command."""

from types import ModuleType
from typing import Any, cast

import pytest

from sla_engine.cli.common import tell_plugins
from sla_engine.model.verdict import Verdict
from sla_engine.plugin import hookimpl
from sla_engine.registry.host import LoadedPlugin, PluginHost


def test_a_plugin_that_fails_is_named_and_the_others_hear_of_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    host, told, verdict = PluginHost(), [], cast("Verdict", object())

    def fails(verdict: Verdict) -> None:
        raise LookupError("no ledger")

    def keeps(verdict: Verdict) -> None:
        told.append(verdict)

    for name, function in (("ledger", fails), ("archive", keeps)):
        module: Any = ModuleType(name)
        module.sla_evaluated = hookimpl(function)
        host.add(LoadedPlugin(name, f"sla-{name}", "1.0"), module)

    tell_plugins(host, verdict)

    assert told == [verdict]
    assert "plugin sla-ledger:ledger failed at being told of the verdict: LookupError('no ledger')" in (
        capsys.readouterr().err
    )
