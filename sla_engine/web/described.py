"""What the description of the interface (OpenAPI) says of answers that are not what a handler gives."""

from typing import Any

from litestar.openapi.datastructures import ResponseSpec

from sla_engine.web.problems import PROBLEM
from sla_engine.web.shapes import Problem

_SAID = {
    400: "what was sent is not what is expected",
    401: "no token, or nobody's",
    403: "only agents may do this",
    404: "there is no such ticket, or it is another's",
    409: "this cannot be done as the ticket stands; missing lists what a level wants to know first",
    410: "the file is not kept any more",
    413: "more than can be taken at once",
    422: "a key is unknown, or a value is not what is expected",
    429: "too often: come again after Retry-After seconds",
    503: "too much at once: come again after Retry-After seconds",
}


def errors(*codes: int, **said: str) -> dict[int, ResponseSpec]:
    """The problem documents of some codes.

    Args:
        said: other words for some of them, such as ``_404="there is no such ticket source"``.
    """
    return {
        code: ResponseSpec(
            Problem, generate_examples=False, description=said.get(f"_{code}", _SAID[code]), media_type=PROBLEM
        )
        for code in codes
    }


def answers(shape: Any, media_type: str, told: str, code: int = 200) -> dict[int, ResponseSpec]:
    """An answer of which the handler itself makes the bytes."""
    return {code: ResponseSpec(shape, generate_examples=False, description=told, media_type=media_type)}
