"""What a request sends: one thing, which JSON knows."""

import json
from collections.abc import Mapping
from typing import Any

from sla_api.graphql import GraphQL


def check_one_body(body: str | None, form: Mapping[str, Any], value: Any, graphql: GraphQL | None) -> None:
    """Refuse several bodies, and one that is no JSON.

    Raises:
        ValueError: one of these.
    """
    sent = {"body": body is not None, "form": bool(form), "json": value is not None, "graphql": graphql is not None}
    if sum(sent.values()) > 1:
        names = " and ".join(name for name, is_given in sent.items() if is_given)
        raise ValueError(f"{names} each say what to send: give one of them")
    _check_is_json("json", value)
    if graphql is not None:
        _check_is_json("graphql.variables", dict(graphql.variables))


def _check_is_json(key: str, value: Any) -> None:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{key} holds what JSON does not know, such as a date: write it as a text") from error
