"""What goes where while rounds come in: facts to stdout, the dialogue and how far it is to stderr."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import click
from attrs import define, field, frozen

from sla_engine.cli.common import FINE, THE_ANSWER_IS_NO, print_json
from sla_engine.cli.probing.as_json import run_json, tally_json
from sla_engine.cli.probing.looks import dim
from sla_engine.cli.probing.rounds import Line, Listener, Round, Run
from sla_engine.cli.probing.run_text import run_text, target_text
from sla_engine.cli.probing.tally import Tally
from sla_engine.cli.probing.tally_text import rounds_text, tally_text
from sla_engine.cli.probing.target import Target
from sla_engine.cli.probing.watching import Watch
from sla_engine.engine.status import Condition
from sla_engine.model.service import Check

_POLICIES_REFUSE = 2
_NOTHING_IS_KNOWN = 3
_CLEAR_LINE = "\r\033[K"


@frozen
class Wish:
    """How the user wants to see it.

    Attributes:
        rounds: how many; None where ``--repeat`` was not given.
        watch: a line a run, as they come.
        trace: the dialogue too.
        as_json: for programs.
    """

    rounds: int | None = None
    watch: bool = False
    trace: bool = False
    as_json: bool = False

    @property
    def is_once(self) -> bool:
        """Whether a single run is shown in full."""
        return self.rounds is None and not self.watch


@define
class Display:
    """Shows each round as it comes, and at the end what all of them came to.

    Attributes:
        tallies: of each check, in the target's order.
        states: how many rounds left the target in each state.
        last: the newest round.
    """

    target: Target
    wish: Wish
    tallies: dict[str, Tally] = field(init=False)
    states: Counter[Condition] = field(factory=Counter, init=False)
    last: Round | None = field(default=None, init=False)
    _watch: Watch = field(init=False)
    _was_refused: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self.tallies = {check.id: Tally(check.id) for check in self.target.checks}
        self._watch = Watch(self.target)

    @property
    def listener(self) -> Listener | None:
        """Takes the dialogue: tells it at once to people, and leaves it to the run for programs."""
        if not self.wish.trace:
            return None
        return _ignore if self.wish.as_json else self._tell

    @property
    def exit_status(self) -> int:
        """By the worst round; a known fault is worse than not knowing."""
        if self.states["down"]:
            return THE_ANSWER_IS_NO
        if self.states["unknown"]:
            return _POLICIES_REFUSE if self._was_refused else _NOTHING_IS_KNOWN
        return FINE

    def take(self, seen: Round) -> None:
        """Count a round, and show it where it is shown by itself."""
        self.last = seen
        self.states[seen.state] += 1
        self._was_refused |= any(run.is_refused for run in seen.runs)
        for run in seen.runs:
            self.tallies[run.check.id].add(run)
        if self.wish.watch:
            for line in self._watched(seen):
                click.echo(line)
        elif self.wish.is_once:
            self._show_once(seen)
        elif self._tells_progress:
            click.echo(f"\r  {self.states.total()} of {self.wish.rounds} ", nl=False, err=True)

    def finish(self) -> None:
        """Show what all rounds came to."""
        if self.wish.is_once or self.last is None:
            return
        if self._tells_progress:
            click.echo(_CLEAR_LINE, nl=False, err=True)
        if not self.wish.as_json:
            click.echo("\n" * self.wish.watch + "\n\n".join(self._summary()))
        elif not self.wish.watch:
            self._print(
                [{**self._json(run), "repeat": tally_json(self.tallies[run.check.id])} for run in self.last.runs]
            )

    @property
    def _tells_progress(self) -> bool:
        return not (self.wish.watch or self.wish.is_once or self.wish.trace) and sys.stderr.isatty()

    def _watched(self, seen: Round) -> Iterator[str]:
        if self.wish.as_json:
            return (json.dumps(self._json(run), ensure_ascii=False) for run in seen.runs)
        return self._watch.lines(seen)

    def _show_once(self, seen: Round) -> None:
        if self.wish.as_json:
            self._print([self._json(run) for run in seen.runs])
            return
        blocks = [run_text(run) for run in seen.runs]
        if len(seen.runs) > 1:
            blocks.append(target_text(self.target.name, seen.state, self.target.rule))
        click.echo("\n\n".join(blocks))

    def _summary(self) -> Iterator[str]:
        yield from map(tally_text, self.tallies.values())
        if len(self.tallies) > 1:
            yield rounds_text(self.target.name, self.states)

    def _print(self, found: list[dict[str, Any]]) -> None:
        print_json(found[0] if len(found) == 1 else found)

    def _json(self, run: Run) -> dict[str, Any]:
        return run_json(run, traced=self.wish.trace)

    def _tell(self, check: Check, line: Line) -> None:
        whose = f"{check.name}  " if len(self.tallies) > 1 else ""
        click.echo(f"{dim(f'{line.after * 1000:9.1f} ms')}  {whose}{line.text}", err=True)


def _ignore(_check: Check, _line: Line) -> None:
    """The run keeps it."""
