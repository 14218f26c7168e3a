"""What a policy gets wrong is refused when it is read, at the table where it stands."""

import pytest

from sla_engine.testing.fixtures import RunProbe

STEP = '[[service.tested.check.check.step]]\nname = "{name}"\nurl = "{url}"\n'


def step(name: str, url: str = "/", more: str = "") -> str:
    return STEP.format(name=name, url=url) + more


@pytest.mark.parametrize(
    ("keys", "place", "message"),
    [
        ('expect.json = [{ path = "queue" }]', "expect.json[0]", "'queue' is no JSONPath of RFC 9535"),
        ('degraded.json = [{ path = "$.a", matches = "(" }]', "degraded.json[0]", "'(' is no RE2 expression"),
        ('expect.json = [{ path = "$.a", equals = 1, exists = false }]', "expect.json[0]", "equals can never be met"),
        ('expect.json = [{ path = "$.a", equal = 1 }]', "expect.json[0].equal", "unknown key 'equal'"),
        ('expect.schema = "/no/such.json"', "expect", "the file /no/such.json cannot be read"),
        ('expect.schema = { type = "nothing" }', "expect", "schema is no JSON Schema of 2020-12: $.type"),
        ("expect.schema = { const = 2026-01-01 }", "expect", "schema holds what is no JSON, such as a date"),
        ('openapi = { url = "/a", file = "b" }', "openapi", "the document has an address or stands in a file"),
        ('openapi = { file = "/no/such.json" }', "openapi", "the file /no/such.json cannot be read"),
        ("json = { at = 2026-01-01 }", "", "json holds what JSON does not know, such as a date"),
        ('json = 1\nbody = "a"', "", "body and json each say what to send"),
        ('json = 1\ngraphql = { query = "{ a }" }', "", "json and graphql each say what to send"),
        ('graphql = { query = " " }', "graphql", "query is empty"),
        ('secrets = { A = { env = "A" } }', "", "'A' is no name"),
        ('oauth2 = { token_url = "x", client_id = "a", client_secret = { env = "A" } }', "oauth2", "'x' is no address"),
        (
            'oauth2 = { token_url = "https://a/", client_id = "a", client_secret = "b" }',
            "client_secret",
            "a secret must",
        ),
        (
            'username = "a"\npassword = { env = "A" }\n[service.tested.check.check.oauth2]\n'
            'token_url = "https://a.example/"\nclient_id = "a"\nclient_secret = { env = "A" }',
            "",
            "oauth2 sends the header Authorization",
        ),
        ('hmac = { key = { env = "A" }, message = "{bdy}" }', "hmac", "message has no {bdy}"),
        (
            'hmac = { key = { env = "A" }, message = "{body}" }\n' + step("a", "/ação"),
            "",
            "url '/ação' is signed as it is",
        ),
        (step("Log in"), "step[0]", "name 'Log in' is none"),
        (step("a") + step("a"), "", "two steps are called 'a'"),
        (step("a", more="always = true\n") + step("b"), "", "a step that is always done cleans up after the others"),
        (step("a", more="always = true\n"), "", "all steps clean up, after nothing"),
        (step("a", "/{token}"), "", "step 'a' uses {token}, which no step before it takes"),
        (step("a", "/{t}", 'take = { t = "$.t" }\n'), "", "step 'a' uses {t}, which no step before it takes"),
        (step("a", more='take = { t = "t" }\n'), "step[0]", "'t' is no JSONPath of RFC 9535"),
        (step("a", more='take = { t = { matches = "x" } }\n'), "step[0].take.t", "'x' has no group"),
        (step("a", more="take = { t = {} }\n"), "step[0].take.t", "take says nothing of where the value is"),
        (step("a", more='take = { t = { json = "$", header = "x" } }\n'), "take.t", "a value comes from one place"),
        (step("a", more='body = "a"\njson = 1\n'), "step[0]", "body and json each say what to send"),
        ('body = "a"\n' + step("a"), "", "write body in a step"),
        ("expect.status = 200\n" + step("a"), "", "write other expectations in a step"),
        ("".join(step(f"a{n}") for n in range(21)), "", "there are 21 steps"),
    ],
)
def test_a_mistake_is_told_where_it_stands(run_probe: RunProbe, keys: str, place: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"SLA\d+|error") as refused:
        run_probe(f'probe = "api"\nurl = "https://www.example.com/"\n{keys}\n', {"A": "a"})

    assert message in str(refused.value)
    assert place.rpartition(".")[2].split("[")[0] in str(refused.value)
