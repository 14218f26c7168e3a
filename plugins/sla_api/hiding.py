"""Keeps what was learnt in confidence during a run, such as a token, out of what is told of the run."""

import base64
import json
from urllib.parse import quote, quote_plus

from attrs import define, evolve, field

from sla_engine.plugin import Finding, Outcome

_HIDDEN = "***"
_SHORTEST = 4
_CUT = "…"


@define
class Hidden:
    """Texts to hide, in each form in which they are usually written; those of under four characters are not hidden."""

    _forms: dict[str, None] = field(factory=dict, init=False, repr=False)

    def add(self, text: str) -> None:
        """Hide a text from now on."""
        if len(text) >= _SHORTEST:
            encoded = base64.b64encode(text.encode()).decode()
            forms = (text, quote(text, safe=""), quote_plus(text), encoded, json.dumps(text)[1:-1])
            self._forms = dict.fromkeys(sorted({*self._forms, *forms}, key=len, reverse=True))

    @property
    def forms(self) -> frozenset[str]:
        """Each text in each form."""
        return frozenset(self._forms)

    def clean(self, text: str) -> str:
        """A text without what is hidden, also where it was cut in the midst of it."""
        for form in self._forms:
            text = text.replace(form, _HIDDEN)
        *cut, rest = text.split(_CUT)
        return _CUT.join([*map(self._without_beginning, cut), rest])

    def _without_beginning(self, text: str) -> str:
        for form in self._forms:
            for length in range(min(len(form), len(text)), _SHORTEST - 1, -1):
                if text.endswith(form[:length]):
                    return text[:-length] + _HIDDEN
        return text

    def is_in(self, text: str) -> bool:
        """Whether a text holds anything that is hidden."""
        return any(form in text for form in self._forms)

    def clean_outcome(self, outcome: Outcome) -> Outcome:
        """An outcome whose texts are clean."""
        return evolve(
            outcome,
            reason=None if outcome.reason is None else self.clean(outcome.reason),
            evidence=self.clean(outcome.evidence),
            findings=tuple(self._clean_finding(one) for one in outcome.findings),
        )

    def _clean_finding(self, one: Finding) -> Finding:
        return Finding(self.clean(one.what), self.clean(one.expected), self.clean(one.seen), one.state)
