"""From the states that a ticket went through to what happened to it."""

from attrs import define

from sla_desks.reading import State
from sla_engine.plugin import SourceAct


@define
class Course:
    """The states of a ticket, one after the other.

    Attributes:
        state: the present one. A ticket that was resolved and is put to wait stays resolved: nobody is waited for until
            it is taken up again.
    """

    state: State = "open"

    def goes_to(self, state: State) -> SourceAct | None:
        """What happens where it goes to a state, or None where nothing does."""
        before = self.state
        if state == before or (before == "resolved" and state == "waiting"):
            return None
        self.state = state
        if state == "open":
            return "resumed" if before == "waiting" else "reopened"
        return state
