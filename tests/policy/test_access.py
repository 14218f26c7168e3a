"""Who may see tickets in the web, as policies say it."""

from pathlib import Path

import pytest

from sla_engine.plugin.fields import Secret
from sla_engine.policy import Compilation, Plugins, compile_policies

ACME = '[customer.acme]\nname = "ACME"\n'


def compiled(folder: Path, text: str, name: str = "all.toml") -> Compilation:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(f"{ACME if name == 'all.toml' else ''}{text}", encoding="utf-8")
    return compile_policies([folder], plugins=Plugins({}, {}), environ={})


def test_agents_and_customers_are_let_in_by_tokens_that_stand_elsewhere(tmp_path: Path) -> None:
    text = """
[access.ana]
token = { env = "TOKEN_ANA" }
role = "agent"
[access.acme]
token = { file = "tokens/acme" }
former = [{ env = "OLD_ACME" }, { plugin = "vault:acme" }]
role = "customer"
customer = "acme"
"""

    policies = compiled(tmp_path, text).policies

    assert policies is not None
    ana, acme = policies.access["ana"], policies.access["acme"]
    assert (ana.role, ana.customer, ana.tokens) == ("agent", None, (Secret("env", "TOKEN_ANA"),))
    assert (acme.role, acme.customer) == ("customer", "acme")
    assert acme.tokens == (
        Secret("file", str(tmp_path / "tokens/acme")),
        Secret("env", "OLD_ACME"),
        Secret("plugin", "vault:acme"),
    )


@pytest.mark.parametrize(
    ("table", "code", "message"),
    [
        ('token = "a-token-in-clear-text"\nrole = "agent"', "SLA113", "a secret must not stand in a policy"),
        ('token = { env = "A" }\nrole = "customer"', "SLA104", "none is named"),
        ('token = { env = "A" }\nrole = "agent"\ncustomer = "acme"', "SLA112", "the tickets of all customers"),
        ('token = { env = "A" }\nrole = "customer"\ncustomer = "acne"', "SLA107", "there is no customer 'acne'"),
        ('token = { env = "A" }\nformer = [{ env = "A" }]\nrole = "agent"', "SLA112", "lets somebody in already"),
        (
            'token = { env = "A" }\nrole = "agent"\n[access.b]\ntoken = { env = "A" }\nrole = "agent"',
            "SLA112",
            "already",
        ),
        ('token = { env = "A" }\nrole = "admin"', "SLA103", "'agent', 'customer'"),
        ('role = "agent"', "SLA104", "'token' is missing"),
    ],
)
def test_what_would_let_in_the_wrong_person_is_refused(table: str, code: str, message: str, tmp_path: Path) -> None:
    found = compiled(tmp_path, f"[access.a]\n{table}\n").diagnostics

    assert [one.code for one in found if one.level == "error"] == [code]
    assert message in found[0].message


def test_a_customers_file_lets_nobody_in(tmp_path: Path) -> None:
    text = '[access.acme]\ntoken = { env = "A" }\nrole = "agent"\n'

    found = compiled(tmp_path, text, "customers/acme.toml").diagnostics

    assert [one.code for one in found] == ["SLA110"]
