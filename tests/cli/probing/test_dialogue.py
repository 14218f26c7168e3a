import json
import re
import subprocess
from collections.abc import Callable

Sla = Callable[..., subprocess.CompletedProcess[str]]
Write = Callable[..., None]


def test_the_dialogue_is_told_beside_the_facts_with_the_time_since_the_start(
    sla: Sla, write: Write, told: dict[str, str]
) -> None:
    write('[service.shop.check.page]\nprobe = "told"\ndialogue = ["> HELLO", "< \\u001b[2Jwho?", "* done"]\n')

    shown = sla("probe", "shop", "--trace", **told)
    read = json.loads(sla("probe", "shop", "--trace", "--format", "json", **told).stdout)

    assert re.sub(r" *\d+\.\d ms", "<n> ms", shown.stderr).splitlines() == [
        "<n> ms  > HELLO",
        "<n> ms  < \ufffd[2Jwho?",
        "<n> ms  * done",
    ]
    assert "HELLO" not in shown.stdout
    assert [line["line"] for line in read["trace"]] == ["> HELLO", "< \ufffd[2Jwho?", "* done"]
    assert all(line["ms"] >= 0 for line in read["trace"])


def test_a_dialogue_without_end_is_cut(sla: Sla, write: Write, told: dict[str, str]) -> None:
    lines = ", ".join(f'"< {number}"' for number in range(6000))
    write(f'[service.shop.check.page]\nprobe = "told"\ndialogue = ["< {"x" * 5000}", {lines}]\n')

    dialogue = json.loads(sla("probe", "shop", "--trace", "--format", "json", **told).stdout)["trace"]

    assert len(dialogue) == 5001
    assert len(dialogue[0]["line"]) == 1001
    assert dialogue[-1]["line"] == "* the rest of the dialogue is left out"
