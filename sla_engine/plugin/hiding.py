"""Keeps texts out of what is told, in each form in which they are usually written."""

import base64
import json
from urllib.parse import quote, quote_plus

from attrs import define, field

HIDDEN = "***"
_SHORTEST = 4
_CUT = "…"


@define
class Hidden:
    """Texts to hide; those of under four characters are not hidden, as too much would go with them."""

    _forms: dict[str, None] = field(factory=dict, init=False, repr=False)

    def add(self, text: str) -> None:
        """Hide a text from now on."""
        if len(text) >= _SHORTEST and text not in self._forms:
            self._forms = dict.fromkeys(sorted({*self._forms, *_written(text)}, key=len, reverse=True))

    @property
    def forms(self) -> frozenset[str]:
        """Each text in each form."""
        return frozenset(self._forms)

    def clean(self, text: str) -> str:
        """A text without what is hidden, also where a quotation was cut in the midst of it."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, HIDDEN)
        if _CUT not in text:
            return text
        *cut, rest = text.split(_CUT)
        return _CUT.join([*map(self._without_beginning, cut), rest])

    def is_in(self, text: str) -> bool:
        """Whether a text holds anything that is hidden."""
        return any(form in text for form in self._forms)

    def _without_beginning(self, text: str) -> str:
        """A text that was cut off, without the part of a hidden one with which it ends."""
        for form in self._forms:
            for length in range(min(len(form), len(text)), _SHORTEST - 1, -1):
                if text.endswith(form[:length]):
                    return text[:-length] + HIDDEN
        return text


def _written(text: str) -> tuple[str, ...]:
    """Plain, in an address, in a header, in JSON or Python source."""
    encoded = base64.b64encode(text.encode()).decode()
    return (text, quote(text, safe=""), quote_plus(text), encoded, json.dumps(text)[1:-1], repr(text)[1:-1])
