"""What goes where while rounds come in: facts to stdout, the dialogue and how far it is to stderr."""

import json
from collections.abc import Iterator
from typing import Any

import click
from attrs import define, field, frozen

from sla_engine.cli.common import print_json
from sla_engine.cli.probing.as_json import run_json, tally_json
from sla_engine.cli.probing.looks import dim
from sla_engine.cli.probing.progress import Progress
from sla_engine.cli.probing.rounds import Line, Listener, Round, Run
from sla_engine.cli.probing.run_text import run_text, target_text
from sla_engine.cli.probing.summary import Summary
from sla_engine.cli.probing.tally_text import rounds_text, tally_text
from sla_engine.cli.probing.target import Target
from sla_engine.cli.probing.watching import Watch
from sla_engine.model.service import Check


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
    """Shows each round as it comes, and at the end what all of them came to."""

    target: Target
    wish: Wish
    summary: Summary = field(init=False)
    _watch: Watch = field(init=False)
    _progress: Progress = field(factory=Progress, init=False)

    def __attrs_post_init__(self) -> None:
        self.summary = Summary(self.target)
        self._watch = Watch(self.target)

    @property
    def listener(self) -> Listener | None:
        """Takes the dialogue: tells it at once to people, and leaves it to the run for programs."""
        if not self.wish.trace:
            return None
        return _ignore if self.wish.as_json else self._tell

    def begin(self, interval: float) -> None:
        """Say what to expect."""
        if self.wish.watch:
            end = "" if self.wish.rounds else "; Ctrl-C ends it"
            click.echo(f"a run every {interval:g} s{end}", err=True)
        else:
            self._progress.say(f"at most {self.target.longest:.0f} s a run")

    def take(self, seen: Round) -> None:
        """Count a round, and show it where it is shown by itself."""
        self.summary.add(seen)
        if self.wish.watch:
            for line in self._watched(seen):
                click.echo(line)
        elif self.wish.is_once:
            self._progress.wipe()
            self._show_once(seen)
        else:
            self._progress.say(f"{self.summary.states.total()} of {self.wish.rounds} runs")

    def finish(self) -> None:
        """Show what all rounds came to."""
        self._progress.wipe()
        last = self.summary.last
        if self.wish.is_once or last is None:
            return
        if not self.wish.as_json:
            click.echo("\n" * self.wish.watch + "\n\n".join(self._totals()))
        elif not self.wish.watch:
            tallies = self.summary.tallies
            self._print([{**self._json(run), "repeat": tally_json(tallies[run.check.id])} for run in last.runs])

    def _watched(self, seen: Round) -> Iterator[str]:
        if self.wish.as_json:
            return (json.dumps(self._json(run), ensure_ascii=False) for run in seen.runs)
        return self._watch.lines(seen)

    def _show_once(self, seen: Round) -> None:
        if self.wish.as_json:
            self._print([self._json(run) for run in seen.runs])
            return
        blocks = [run_text(run, has_controls=self.target.has_controls) for run in seen.runs]
        if len(seen.runs) > 1:
            blocks.append(target_text(self.target.name, seen.state, self.target.rule))
        click.echo("\n\n".join(blocks))

    def _totals(self) -> Iterator[str]:
        yield from map(tally_text, self.summary.tallies.values())
        if len(self.target.checks) > 1:
            yield rounds_text(self.target.name, self.summary.states)

    def _print(self, found: list[dict[str, Any]]) -> None:
        print_json(found[0] if len(found) == 1 else found)

    def _json(self, run: Run) -> dict[str, Any]:
        return run_json(run, traced=self.wish.trace)

    def _tell(self, check: Check, line: Line) -> None:
        self._progress.wipe()
        whose = f"{check.name}  " if len(self.target.checks) > 1 else ""
        click.echo(f"{dim(f'{line.after * 1000:9.1f} ms')}  {whose}{line.text}", err=True)


def _ignore(_check: Check, _line: Line) -> None:
    """The run keeps it."""
