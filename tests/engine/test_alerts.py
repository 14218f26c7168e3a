from typing import Any

from sla_engine.engine.alerts import Alert


def test_what_lasts_is_told_when_it_begins_and_when_it_is_over(clock: Any) -> None:
    alert = Alert("cut-off", "back", clock)

    for what in ("no route", "no route", "no answer"):
        alert.wrong(what)
        clock.pass_by(1)
    assert (alert.present, alert.since) == ("no answer", clock.wall - 3_000_000)
    alert.well("all is well")
    alert.well("all is well")

    assert [(news.kind, news.detail) for news in alert.news()] == [("cut-off", "no route"), ("back", "all is well")]
    assert (alert.present, alert.news()) == (None, [])


def test_what_comes_and_goes_is_told_once(clock: Any) -> None:
    alert = Alert("overload", "overload-over", clock, lingers=60)

    for _ in range(10):
        alert.wrong("too much")
        clock.pass_by(50)
        alert.well("enough")
    clock.pass_by(10)
    alert.well("enough")

    assert [news.kind for news in alert.news()] == ["overload", "overload-over"]
