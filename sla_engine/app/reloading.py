"""Taking up changed policy files while the engine runs: all of a sound set at once, or nothing of it.

A file that is written to is read in the middle of it now and then. So a set is taken up only when the files have held
still, and a file that is gone, or holds only the beginning of what it held, may still be being written: it counts as it
was until it has stayed so for a while. SIGHUP says that what stands there now is meant.
"""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
from attrs import define, field

from sla_engine.policy import Compilation, PolicySet

LOOK_EVERY = 30.0
"""Seconds after which the files are looked at although nothing was heard of a change, as on a network's drive."""
HOLD_STILL = 0.5
"""Seconds for which the files must not have changed."""
CUT_SHORT_FOR = 60.0
"""Seconds for which a file must have stayed gone or cut short before that is taken for what is meant."""

_log = structlog.get_logger("sla_engine.policies")

_Signature = frozenset[tuple[str, int, int, int]]


@define(eq=False)
class Reloader:
    """Watches a folder of policies for one engine.

    Attributes:
        compile: makes a policy set of the folder; called in a thread.
        adopt: takes a sound set up.
        refuse: told why a set is not taken up.
        in_force: gives the set that is in force.
        monotonic: seconds, for what must last.
        is_refused: whether the files as they stand are not what is in force.
    """

    folder: Path
    compile: Callable[[], Compilation]
    adopt: Callable[[PolicySet], None]
    refuse: Callable[[str], None]
    in_force: Callable[[], PolicySet]
    monotonic: Callable[[], float]
    is_refused: bool = False
    _ask: asyncio.Event = field(factory=asyncio.Event, init=False)
    _is_meant: bool = field(default=False, init=False)
    _seen: _Signature | None = field(default=None, init=False)
    _short_since: float | None = field(default=None, init=False)

    def reload(self) -> None:
        """Take up what stands there now, cut short or not; for SIGHUP."""
        self._is_meant = True
        self._ask.set()

    async def run(self) -> None:
        """Watch until cancelled; whatever is wrong with the files, it goes on watching."""
        self._seen = await asyncio.to_thread(_signature, self.folder)
        watching = asyncio.create_task(self._watch())
        try:
            while True:
                await self._ask.wait()
                self._ask.clear()
                is_meant, self._is_meant = self._is_meant, False
                await self._look(is_meant)
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        """Ask for a look whenever a file changes, and every now and then."""
        from watchfiles import awatch

        while True:
            try:
                if self.folder.exists():
                    async for _ in awatch(
                        self.folder, watch_filter=None, rust_timeout=int(LOOK_EVERY * 1000), yield_on_timeout=True
                    ):
                        self._ask.set()
            except OSError as error:
                _log.warning("the policy folder cannot be watched", folder=str(self.folder), error=str(error))
            self._ask.set()
            await asyncio.sleep(LOOK_EVERY / 10)

    async def _look(self, is_meant: bool) -> None:
        signature = await self._still()
        if signature == self._seen and not is_meant and self._short_since is None:
            return
        self._seen = signature
        compilation = await asyncio.to_thread(self.compile)
        policies, present = compilation.policies, self.in_force()
        if policies is None:
            _log.error("the policies have errors; those in force stay in force", errors=compilation.text)
            self._refuse(f"the policy files have errors, see `sla lint`: {_first_error(compilation)}")
            self._short_since = None
        elif policies.hash != present.hash and not is_meant and (short := cut_short(present, policies)):
            self._wait_for(short)
        elif is_meant or self.is_refused or _texts(policies) != _texts(present):
            self._short_since, self.is_refused = None, False
            self.adopt(policies)
            _log.info("policies taken up", policies=policies.hash[:12])

    def _refuse(self, why: str) -> None:
        self.is_refused = True
        self.refuse(why)

    async def _still(self) -> _Signature:
        """The files' signature once they have not changed for a moment."""
        signature = await asyncio.to_thread(_signature, self.folder)
        while True:
            await asyncio.sleep(HOLD_STILL)
            again = await asyncio.to_thread(_signature, self.folder)
            if again == signature:
                return again
            signature = again

    def _wait_for(self, short: str) -> None:
        now = self.monotonic()
        if self._short_since is None:
            self._short_since = now
            self._refuse(f"{short}; if that is meant, it is taken up in {CUT_SHORT_FOR:.0f} s, or at once on SIGHUP")
        left = self._short_since + CUT_SHORT_FOR - now
        if left <= 0:
            self.reload()
        else:
            asyncio.get_running_loop().call_later(left, self._ask.set)


def cut_short(before: PolicySet, after: PolicySet) -> str | None:
    """What looks like a file in the middle of being written, or None."""
    texts = _texts(after)
    for name, held in _texts(before).items():
        text = texts.get(name)
        if text is None:
            return f"{name} is gone, or holds nothing any more"
        if len(text) < len(held) and held.startswith(text.rstrip()):
            return f"{name} holds only the beginning of what it held"
    return None


def _texts(policies: PolicySet) -> Mapping[str, str]:
    return {source.name: source.text for source in policies.sources}


def _signature(folder: Path) -> _Signature:
    """What changes whenever a policy file does."""
    found = set()
    for path in (folder, *folder.rglob("*.toml")) if folder.is_dir() else (folder,):
        try:
            status = path.stat()
        except OSError:
            continue
        found.add((str(path), status.st_ino, status.st_size, status.st_mtime_ns))
    return frozenset(found)


def _first_error(compilation: Compilation) -> str:
    error = next(one for one in compilation.diagnostics if one.level == "error")
    return f"{error.file}:{error.span.line}:{error.span.column}: {error.message}"
