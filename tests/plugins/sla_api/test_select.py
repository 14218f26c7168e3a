"""Paths of RFC 9535, and the bounds that keep any of them from taking long."""

from typing import Any

import pytest

from sla_api.select import TooMuchWork, compile_path, select

STORE = {
    "books": [
        {"title": "Lusiadas", "price": 8.95, "tags": ["epic"]},
        {"title": "Mensagem", "price": 12, "isbn": "0-553"},
        {"title": "Dom Casmurro", "price": 12},
    ],
    "open": True,
    "note": None,
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("$", [STORE]),
        ("$.open", [True]),
        ("$['note']", [None]),
        ("$.books[-1].title", ["Dom Casmurro"]),
        ("$.books[0:2].price", [8.95, 12]),
        ("$.books[0, 2]['title']", ["Lusiadas", "Dom Casmurro"]),
        ("$..isbn", ["0-553"]),
        ("$.books[?@.isbn].title", ["Mensagem"]),
        ("$.books[?@.price < 10 || @.title == 'Mensagem'].price", [8.95, 12]),
        ("$.books[?@.price == $.books[1].price].title", ["Mensagem", "Dom Casmurro"]),
        ("$.books[?count(@.*) == 2].title", ["Dom Casmurro"]),
        ("$.books[?length(@.title) == 8].price", [8.95, 12]),
        ("$.books[?match(@.title, 'L.*s')].title", ["Lusiadas"]),
        ("$.books[?match(@.title, 'L')].title", []),
        ("$.books[?search(@.title, '[CM]')].title", ["Mensagem", "Dom Casmurro"]),
        ("$.books[?search(@.title, '(?=x)')].title", []),
        ("$.books[?value(@.tags[*]) == 'epic'].title", ["Lusiadas"]),
        ("$.nothing", []),
    ],
)
def test_a_path_selects_as_the_standard_says(path: str, values: list[Any]) -> None:
    assert select(path, STORE) == values


@pytest.mark.parametrize("document", ["plain text", "[1, 2]", "{", 5, None, True])
def test_a_document_may_be_a_single_value_which_is_taken_as_it_is(document: Any) -> None:
    assert select("$", document) == [document]
    assert select("$.a", document) == []


@pytest.mark.parametrize(
    "path",
    ["", "$.", "status", "$[", "$..", "$.a b", " $.a", "$.a | $.b", "$.a~", "^.a", "$[?foo(@)]", "$" + ".a" * 999],
)
def test_what_is_no_path_of_the_standard_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"RFC 9535|write at most"):
        compile_path(path)


def nested(levels: int) -> Any:
    document: Any = 1
    for _ in range(levels):
        document = [document, document]
    return document


@pytest.mark.parametrize(
    "path",
    [
        "$..*..*..*..*",
        "$..[*, *, *, *]..[*, *, *, *]..*",
        "$..[?count($..*) > 1][?count($..*) > 1]..*",
        "$..[?@..[?@..[?@..[?@ == 2]]]]",
        "$..[?1 == 2 || 2 == 3 || 3 == 4 || 4 == 5 || 5 == 6]..*",
    ],
)
def test_a_path_that_multiplies_is_given_up_after_a_bounded_number_of_steps(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sla_api.select.MOST_STEPS", 20_000)

    with pytest.raises(TooMuchWork, match="more than 20000 steps"):
        select(path, nested(11))


def test_an_expression_that_would_keep_others_busy_for_years_is_quick() -> None:
    assert select("$[?search(@, '^(a+)+$')]", ["a" * 50_000 + "!"]) == []


def test_long_names_cost_nothing() -> None:
    document = {"k" * 300_000: {"l" * 300_000: list(range(50_000))}}

    assert len(select("$.*.*[*]", document)) == 50_000


def test_a_mebibyte_of_numbers_is_no_more_than_is_allowed() -> None:
    assert len(select("$[?@ >= 0]", [1.25] * 199_000)) == 199_000
