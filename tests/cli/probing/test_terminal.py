import subprocess
from collections.abc import Callable

from sla_engine.testing.servers.web import WebServer

Sla = Callable[..., subprocess.CompletedProcess[str]]
Write = Callable[..., None]
OnTerminal = Callable[..., str]
Http = Callable[..., str]


def test_colour_is_for_terminals_and_no_color_is_obeyed(
    on_terminal: OnTerminal, write: Write, web: WebServer, http: Http
) -> None:
    write(http(f"{web.url}/broken"))

    coloured = on_terminal("shop")
    plain = on_terminal("shop", NO_COLOR="1")

    assert "\033[31m■" in coloured
    assert "\033" not in plain
    assert "■ shop/home  DOWN" in plain


def test_a_terminal_without_the_shapes_is_shown_the_words(sla: Sla, write: Write, web: WebServer, http: Http) -> None:
    write(http(f"{web.url}/broken"))

    shown = sla("probe", "shop", PYTHONIOENCODING="latin-1")

    assert shown.returncode == 1
    assert shown.stdout.startswith("? shop/home  DOWN")


def test_how_far_it_is_is_told_on_a_terminal_and_wiped(
    on_terminal: OnTerminal, write: Write, web: WebServer, http: Http
) -> None:
    write(http(f"{web.url}/", 'timeout = "7s"', "retries = 1"))

    shown = on_terminal("shop", "--repeat", "3", NO_COLOR="1")

    told = ["at most 14 s a run", "1 of 3 runs", "2 of 3 runs", "3 of 3 runs"]
    wiped = "".join(f"{line}\r{' ' * len(line)}\r" for line in told)
    assert shown.startswith(f"{wiped}● shop/home  3 up of 3 runs")
