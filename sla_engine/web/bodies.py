"""What programs send: read as strictly as policies are, so that a misspelt key is refused and not passed over."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import attrs
from attrs import field, frozen
from litestar.dto import AbstractDTO
from litestar.exceptions import ClientException, HTTPException, SerializationException
from litestar.openapi.spec import Reference, Schema
from litestar.serialization import decode_json
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY
from litestar.typing import FieldDefinition

from sla_engine.policy.codes import Code
from sla_engine.policy.faults import Fault
from sla_engine.policy.structure import structure

_Body = TypeVar("_Body")


@frozen
class OpenBody:
    """A ticket to open."""

    subject: str
    text: str = ""
    sender: str | None = None
    name: str | None = None
    language: str | None = None
    topic: str | None = None
    customer: str | None = None
    level: str | None = None
    facts: Mapping[str, str] = field(factory=dict)


@frozen
class SaidBody:
    """Something that is said."""

    text: str


@frozen
class AnswerBody:
    """An answer, of the level that has the ticket or of the one that is named; ``article`` of the FAQ answered it."""

    text: str
    level: str | None = None
    article: str | None = None


@frozen
class RemarkBody:
    """An act that may have a text along."""

    text: str = ""


@frozen
class ResolveBody:
    """Last words to the customer; ``article`` of the FAQ answered it."""

    text: str = ""
    article: str | None = None


@frozen
class EscalateBody:
    """The level that takes the ticket, what it is about, and what that level shall know."""

    level: str
    text: str = ""
    topic: str | None = None


@frozen
class ReopenBody:
    """The level that takes the ticket up again; without one, that which had it."""

    text: str = ""
    level: str | None = None


@frozen
class NoteBody:
    """What only the desk sees, and what was found for the checklist."""

    text: str = ""
    facts: Mapping[str, str] = field(factory=dict)
    topic: str | None = None


class Strict(AbstractDTO[_Body], Generic[_Body]):
    """Reads a body as JSON into a class, with every key known and every value of its type."""

    @classmethod
    def create_for_field_definition(
        cls, field_definition: FieldDefinition, handler_id: str, backend_cls: Any = None
    ) -> None:
        """Nothing has to be made ahead."""

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Any:
        """None: the class itself says what it holds."""
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        """No field is read otherwise."""
        return False

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: Any
    ) -> Reference | Schema:
        """The schema of the class."""
        made: Reference | Schema = schema_creator.for_field_definition(field_definition)
        return made

    def decode_bytes(self, value: bytes) -> Any:
        """The body.

        Raises:
            HTTPException: it is no JSON (400), or not what is expected (422).
        """
        if self.asgi_connection.content_type[0] != "application/json":  # type: ignore[attr-defined]
            raise ClientException("send JSON, as Content-Type: application/json")
        try:
            sent = decode_json(value)
        except (SerializationException, ValueError, RecursionError) as error:
            raise ClientException("the body is no JSON") from error
        return read(sent, self.model_type)


def read(sent: Any, target: type[_Body]) -> _Body:
    """What was sent, as a class.

    Raises:
        HTTPException: it is not what is expected; the message names every key that is wrong.
    """
    if not isinstance(sent, dict):
        raise ClientException("the body is no JSON object")
    known = {one.name for one in attrs.fields(target)}  # type: ignore[arg-type]
    # In JSON null says what a key that is not there says.
    given = {key: value for key, value in sent.items() if value is not None or key not in known}
    body, faults = structure(given, target)
    if faults:
        raise HTTPException(status_code=HTTP_422_UNPROCESSABLE_ENTITY, detail="; ".join(map(_told, faults)))
    read_body: _Body = body
    return read_body


def _told(fault: Fault) -> str:
    where = ".".join(map(str, fault.path)) or "body"
    return f"{where}: {fault.message}{f', {fault.help}' if fault.code == Code.UNKNOWN_KEY else ''}"
