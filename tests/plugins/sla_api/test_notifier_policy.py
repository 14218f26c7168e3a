"""What a policy gets wrong about an api notifier is told when it is read, with what to write instead."""

import pytest

from sla_engine.testing.fixtures import RunNotifier


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ('json = { a = [{ b = "{titel}" }] }', "in json.a[0].b, there is no name '{titel}'"),
        ('json = { a = "{titel}" }', "write title"),
        ('form = { a = "{" }', "in form.a, '{' alone stands for nothing"),
        ('headers = { X = "{text}" }', "in headers.X, there is no name '{text}'"),
        ('url = "https://a.example/{text}"', "in url, there is no name '{text}'"),
        ('url = "https://a.example/{x}"', "write one of key, about, thread, importance, language, at"),
        ('url = "https://{about}.example/"', "url has a name in its host"),
        ('url = "a.example"', "'a.example' is no address"),
        ('json = 1\nform = { a = "b" }', "form and json each say what to send"),
        ("json = { at = 2026-01-01 }", "json holds what JSON does not know, such as a date"),
        ('json = "{reference}"', "only later messages of a thread know the {reference}"),
        ('headers = { X = "{reference}" }', "only later messages of a thread know the {reference}"),
        ('when.recoverd.json = "a"', "when has 'recoverd', which no message is about"),
        ('when.recoverd.json = "a"', "write recovered"),
        ('when.over.json = "{titel}"', "in when.over.json, there is no name '{titel}'"),
        ('when.over.url = "a.example"', "'a.example' is no address"),
        ('when.over.jsno = "a"', "unknown key 'jsno'"),
        ('secrets = { A = { env = "A" } }', "'A' is no name"),
        ('secrets = { title = { env = "A" } }', "the secret 'title' has a name that messages use"),
        ('secrets = { a = "open" }', "a secret must"),
        ('severities = { urgent = "1" }', "'urgent' is none of 'critical'"),
        ('escape = "slak"', "'slak' is none of 'slack'"),
        ('reference = "id"', "'id' is no JSONPath of RFC 9535"),
        ('expect = [{ path = "ok" }]', "'ok' is no JSONPath of RFC 9535"),
        ('method = "BREW"', "'BREW' is none of 'POST'"),
    ],
)
def test_a_mistake_is_told_with_a_way_out(run_notifier: RunNotifier, keys: str, message: str) -> None:
    url = "" if keys.startswith("url") else 'url = "https://www.example.com/"\n'

    with pytest.raises(ValueError, match=r"SLA\d+|error") as refused:
        run_notifier(f'via = "api"\n{url}{keys}\n')

    assert message in " ".join(str(refused.value).split())
