"""One target, asked by three tools: what each said, whether they agree, and the table of it."""

from collections.abc import Iterable, Mapping

from attrs import frozen

from sla_engine.plugin import Outcome

EXITS = {0: "OK", 1: "WARNING", 2: "CRITICAL", 3: "UNKNOWN"}
_AS_EXIT = {"up": "OK", "degraded": "WARNING", "down": "CRITICAL", "error": "UNKNOWN"}
_COUNTS_AS_UP = {"up", "degraded"}


@frozen
class Asked:
    """What the tools said of one target.

    Attributes:
        plugin: the word of the exit status of ``check_http`` or ``check_smtp``.
        success: ``probe_success`` of blackbox_exporter.
        log: its last complaint.
    """

    ours: Outcome
    plugin: str
    success: bool
    log: str

    def disagreeing(self, plugin: str) -> set[str]:
        """The tools that say otherwise than we; a degraded target counts as up."""
        found = set()
        if self.plugin != _AS_EXIT[self.ours.state]:
            found.add(plugin)
        if self.success != (self.ours.state in _COUNTS_AS_UP):
            found.add("blackbox")
        return found


def stage_of(outcome: Outcome) -> str:
    """Where it failed, without the words, which may change."""
    return (outcome.reason or "").partition(":")[0].split()[0] if outcome.reason else ""


def table(plugin: str, asked: Mapping[str, Asked], why: Mapping[str, Mapping[str, str]]) -> str:
    """A line for each target, and below it a sentence for each tool that says otherwise."""
    return "".join(line + "\n" for line in _lines(plugin, asked, why))


def _lines(plugin: str, asked: Mapping[str, Asked], why: Mapping[str, Mapping[str, str]]) -> Iterable[str]:
    width = max(len(name) for name in asked)
    yield f"{'target':{width}}  {'ours':20}  {plugin:10}  blackbox"
    for name, one in asked.items():
        ours = f"{one.ours.state} {stage_of(one.ours)}"
        blackbox = "up" if one.success else f"down {one.log}"
        yield f"{name:{width}}  {ours:20}  {one.plugin:10}  {blackbox}".rstrip()
        for tool, sentence in why[name].items():
            yield f"{'':{width}}  - {tool}: {sentence}"
