"""Messages by any interface for programs: a table says what is asked, and when a message counts as taken."""

import asyncio
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from attrs import field, frozen

from sla_api.composing import IDENTIFIERS, REFERENCE, VARIANTS, Method, Variant, compose
from sla_api.documents import read_json
from sla_api.escaping import Escape
from sla_api.paths import AtPath, path_findings
from sla_api.placeholders import check_name
from sla_api.sending import check_one_body
from sla_api.templates import check_template, check_url_template, names_in
from sla_engine.plugin import Delivery, HttpResponse, Message, Notifier, NotifyRun, Secret, Severity, State
from sla_engine.plugin.names import MESSAGE_NAMES, NAMES
from sla_http.asking import check_url
from sla_http.posting import is_taken, not_sent, post, refused, told

_FINAL = frozenset({400, 405, 410, 413, 414, 415, 422, 431})
"""What the same request would only be answered with again; what somebody may mend (401, 403, 404) is tried again."""
_LONGEST_REFERENCE = 200


@frozen
class ApiNotifier(Notifier):
    """Send each message as a request to an interface; texts name in braces what the message says, as in {subject}."""

    url: str | Secret  # address, in full
    method: Method = "POST"  # what to ask
    headers: Mapping[str, str | Secret] = field(factory=dict)  # further headers
    json: object | None = None  # value to send as JSON
    form: Mapping[str, str] = field(factory=dict)  # or fields of a form to send
    secrets: Mapping[str, Secret] = field(factory=dict)  # by name, for {name} in addresses, headers and bodies
    escape: Escape | None = None  # how the channel reads texts; default: as they stand
    severities: Mapping[Severity, str] = field(factory=dict)  # what the interface calls them, for {importance}
    when: Mapping[str, Variant] = field(factory=dict)  # by what messages are about, what is asked instead
    expect: list[AtPath] = field(factory=list)  # what stands in the JSON of an answer where the message was taken
    reference: str | None = None  # JSONPath of what the answer calls the message, such as $.id
    apart: bool = False  # whether each thread gets messages of its own, as where it is an alert or a ticket
    idempotency_header: str = "Idempotency-Key"  # header that carries the message's key; with "" there is none
    ca_file: str | None = None  # certificates to trust instead of the system's (PEM)

    def __attrs_post_init__(self) -> None:
        for name in self.secrets:
            check_name(name)
            if name in NAMES or name in MESSAGE_NAMES or name == REFERENCE:
                raise ValueError(f"the secret {name!r} has a name that messages use: write another")
        for name in self.when:
            if name not in VARIANTS:
                close = get_close_matches(name, VARIANTS, 1) or [f"one of {', '.join(VARIANTS)}"]
                raise ValueError(f"when has {name!r}, which no message is about: write {close[0]}")
        self._check_templates()
        if self.reference is not None:
            from sla_api.select import compile_path  # 70 ms, wanted only where there is a path

            compile_path(self.reference)

    def _check_templates(self) -> None:
        identifiers, every = (*IDENTIFIERS, *self.secrets), (*MESSAGE_NAMES, *NAMES, *self.secrets)
        usual = Variant(self.url if isinstance(self.url, str) else None, self.method, self.json, self.form)
        if REFERENCE in names_in([self.headers]) or usual.needs_reference:
            raise ValueError(f"only later messages of a thread know the {{{REFERENCE}}}: write it under when")
        check_template("headers", self.headers, identifiers)
        _check_request("", usual, identifiers, every)
        for name, asked in self.when.items():
            _check_request(f"when.{name}.", asked, (*identifiers, REFERENCE), (*every, REFERENCE))

    def keeps_apart(self) -> bool:
        return self.apart

    async def send(self, message: Message, run: NotifyRun) -> Delivery:
        try:
            request = compose(self, message, run)
        except LookupError as error:
            return not_sent(f"secret: {error.args[0]}")
        except ValueError as error:
            return not_sent(f"request: {error}")
        answer = await post(request, run)
        if isinstance(answer, Delivery):
            return answer
        if not is_taken(answer):
            return refused(answer, run, _FINAL)
        if not self.expect and self.reference is None:
            return Delivery(sent=True, certain=True, detail=told(answer))
        return await asyncio.to_thread(self._judge, answer)

    def _judge(self, answer: HttpResponse) -> Delivery:
        """Whether the answer's own words say that the message was taken, too. Without its words nobody knows."""
        try:
            document = read_json(answer)
        except ValueError as error:
            return Delivery(
                sent=not self.expect, certain=not self.expect, detail=f"{told(answer)}; its body is {error}"
            )
        unmet = [str(one) for one in path_findings(self.expect, document, State.DOWN) if one.state is not State.UP]
        if unmet:
            return Delivery(sent=False, certain=True, detail=f"{told(answer)}; {'; '.join(unmet)}")
        return Delivery(sent=True, certain=True, detail=told(answer), reference=self._reference_in(document))

    def _reference_in(self, document: Any) -> str | None:
        if self.reference is None:
            return None
        from sla_api.select import TooMuchWork, select

        try:
            found = select(self.reference, document)
        except TooMuchWork:
            return None
        is_one = bool(found) and isinstance(found[0], str | int) and not isinstance(found[0], bool)
        return str(found[0])[:_LONGEST_REFERENCE] or None if is_one else None


def _check_request(place: str, asked: Variant, identifiers: Collection[str], every: Collection[str]) -> None:
    if asked.url is not None:
        check_url(asked.url)
        check_url_template(f"{place}url", asked.url, identifiers)
    check_one_body(None, asked.form, asked.json, None)
    check_template(f"{place}json", asked.json, every)
    check_template(f"{place}form", asked.form, every)
