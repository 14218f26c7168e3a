"""`sla faq`, and what of the FAQ a ticket keeps."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Sla = Callable[..., subprocess.CompletedProcess[str]]

POLICY = """
[engine]
store = "sqlite:///sla.db"
desk.faq = "faq"
[service.api]
check.health = { probe = "http", url = "http://api.example" }
[sla.standard]
timezone = "UTC"
availability.api = "99%"
response.first = { within = "4h" }
[support.first]
title = "First level"
"""


@pytest.fixture(autouse=True)
def policies(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    for name, text in {
        "policy.toml": POLICY,
        "faq/en/spf.md": "# How do I set up SPF?\n\ntags: dns, sender\n\nPublish one TXT record.\n",
        "faq/pt/spf.md": "# Como configuro o SPF?\n\nPublique um registo TXT.\n",
        "faq/en/broken.md": "No title\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def read(answer: subprocess.CompletedProcess[str]) -> Any:
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_articles_are_searched_shown_and_listed_in_a_language(sla: Sla) -> None:
    found = read(sla("faq", "search", "dns", "--language", "pt", "--format", "json"))
    shown = sla("faq", "show", "spf")
    listed = sla("faq", "list", "--language", "pt")

    assert [(one["id"], one["language"]) for one in found["articles"]] == [("spf", "pt")]
    assert shown.stdout == "How do I set up SPF?\n\nPublish one TXT record.\n"
    assert listed.stdout.splitlines()[-1].split() == ["spf", "pt", "Como", "configuro", "o", "SPF?"]
    assert "broken.md: its first line is its title: write # and the question that it answers" in listed.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("search", "unicorn"), 1, "No article of the FAQ has these words."),
        (("show", "unicorn"), 2, "the FAQ has no article 'unicorn': `sla faq list` shows those that it has"),
        (("search", "spf", "--ticket", "T-9"), 2, "there is no ticket 'T-9'"),
    ],
)
def test_what_is_not_there_is_said(arguments: tuple[str, ...], status: int, said: str, sla: Sla) -> None:
    answer = sla("faq", *arguments)

    assert answer.returncode == status
    assert said in answer.stdout + answer.stderr


def test_policies_without_a_faq_say_how_to_have_one(sla: Sla, policies: Path) -> None:
    (policies / "policy.toml").write_text(POLICY.replace('desk.faq = "faq"\n', ""))

    answer = sla("faq", "list")

    assert (answer.returncode, answer.stdout) == (2, "")
    assert 'write engine.desk.faq = "faq", a folder beside the policy file' in answer.stderr


def test_a_ticket_is_opened_with_suggestions_searched_for_and_answered_by_an_article(sla: Sla) -> None:
    opened = read(sla("ticket", "open", "SPF fails", "--text", "What about our DNS?", "--format", "json"))
    searched = sla("faq", "search", "spf", "--ticket", "T-1", "--by", "ana")
    nothing = sla("faq", "search", "unicorn", "--ticket", "T-1", "--by", "ana")
    read(sla("ticket", "answer", "T-1", "--faq", "spf", "--format", "json"))
    refused = sla("ticket", "resolve", "T-1", "--faq", "unicorn")
    entries = read(sla("ticket", "resolve", "T-1", "--faq", "spf", "--text", "See above.", "--format", "json"))[
        "entries"
    ]

    assert [one["id"] for one in opened["faq"]] == ["spf"]
    assert (searched.returncode, nothing.returncode, refused.returncode) == (0, 1, 2)
    assert [(one["act"], one["by"], one["facts"]) for one in entries[1:3]] == [
        ("found", "ana", {"faq_searched": "'spf': spf"}),
        ("found", "ana", {"faq_searched": "'unicorn': nothing found"}),
    ]
    assert [(one["act"], one["text"], one["facts"]) for one in entries[3:]] == [
        ("answered", "How do I set up SPF?\n\nPublish one TXT record.", {"faq": "spf"}),
        ("resolved", "See above.", {"faq": "spf"}),
    ]
