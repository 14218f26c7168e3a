"""Starting although the policy files are broken: by the set that was in force last, and saying so loudly."""

from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from sla_engine.cli.common import Refusal
from sla_engine.policy import Compilation, Plugins, PolicySet, compile_snapshot
from sla_engine.store import open_store


@frozen
class Start:
    """What an engine starts with.

    Attributes:
        store_url: where the results are.
        refused: why the files are not what it starts with, or None.
    """

    policies: PolicySet
    store_url: str
    refused: str | None = None


def start_with(
    compilation: Compilation, plugins: Plugins, environ: Mapping[str, str], *, store_url: str | None, strict: bool
) -> Start:
    """The files' policies, or where they have errors those that the store kept last.

    Args:
        store_url: overrides what the files say.
        strict: refuse where the files have errors.

    Raises:
        Refusal: there is nothing to start with; the text holds every diagnostic.
    """
    url = store_url or compilation.engine.store
    if compilation.policies is not None:
        return Start(compilation.policies, url)
    path = url.removeprefix("sqlite:///")
    if strict or (path != url and not Path(path).exists()):
        raise Refusal(compilation.text)
    with open_store(url) as store:
        loaded = store.newest_policies()
    kept = None if loaded is None else compile_snapshot(loaded.content, plugins=plugins, environ=environ).policies
    if kept is None:
        raise Refusal(compilation.text)
    return Start(kept, url, "the policy files have errors, see `sla lint`; the last good ones are in force")
