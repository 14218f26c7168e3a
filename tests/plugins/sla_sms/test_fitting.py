"""How a text is made to fit into short messages, and where it is split."""

import pytest

from sla_sms.fitting import fit
from sla_sms.texts import measure, split


def fitted(text: str, max_parts: int = 1, *, transliterate: bool = False) -> str:
    return fit(text, max_parts=max_parts, transliterate=transliterate)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", [""]),
        ("a" * 160, ["a" * 160]),
        ("a" * 161, ["a" * 153, "a" * 8]),
        ("a" * 152 + "€" + "a" * 20, ["a" * 152, "€" + "a" * 20]),  # two septets, which stay together
        ("ã" * 71, ["ã" * 67, "ã" * 4]),
        ("ã" * 66 + "🚨" * 4, ["ã" * 66, "🚨" * 4]),  # a pair of surrogates stays together
    ],
)
def test_a_text_is_split_between_characters(text: str, pieces: list[str]) -> None:
    assert split(text) == pieces
    assert measure(text).parts == len(pieces)


@pytest.mark.parametrize(
    ("text", "max_parts", "sent"),
    [
        ("a" * 160, 1, "a" * 160),
        ("a" * 161, 1, "a" * 157 + "..."),
        ("a" * 10_000, 3, "a" * 456 + "..."),
        ("ã" * 71, 1, "ã" * 69 + "…"),
        ("ã" * 68 + "🚨🚨", 1, "ã" * 68 + "…"),
        ("€" * 100, 1, "€" * 78 + "..."),  # 159 septets: half a euro sign is not sent
        ("ã" * 68 + "e\u0301\u0323x", 1, "ã" * 68 + "…"),  # marks stay with what they mark
        ("ã" * 66 + "👩\u200d🔧" + "b" * 9, 1, "ã" * 66 + "…"),
        ("word " * 40, 1, "word " * 31 + "wo..."),
        ("a" * 150 + "ã" * 30, 1, "a" * 150 + "..."),  # what is left is GSM-7 again
    ],
)
def test_a_text_that_is_too_long_is_cut_at_a_character(text: str, max_parts: int, sent: str) -> None:
    assert fitted(text, max_parts) == sent
    assert measure(sent).parts <= max_parts


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("A API não responde há 5 minutos", "A API nao responde ha 5 minutos"),
        ("Serviço indisponível: ação", "Servico indisponivel: acao"),
        ("été, où, Größe, señor, £, €", "été, où, Größe, señor, £, €"),  # all of GSM-7 stays
        ("«API» – „down“ … ‘now’", '"API" - "down" ... \'now\''),
        ("Œuvre, Łódź, ¾", "OEuvre, Lodz, 3/4"),
        ("não 🚨", "não 🚨"),  # it stays UCS-2 anyhow, so nothing is taken from it
        ("Привет, não", "Привет, não"),
    ],
)
def test_characters_become_their_likes_where_that_saves_parts(text: str, sent: str) -> None:
    expected = text if measure(sent).alphabet == "UCS-2" else sent

    assert fitted(text, transliterate=True) == expected
    assert fitted(text) == text


def test_what_a_phone_cannot_show_is_left_out() -> None:
    hostile = "API\r\nis\rdown\u2028now\0\x1b[31m\ud800 \u202etxt\x07 \t!  "

    assert fitted(hostile) == "API\nis\ndown\nnow [31m txt !"


def test_decomposed_characters_count_as_what_they_are() -> None:
    assert fitted("caf" + "e\u0301") == "café"
    assert measure(fitted("caf" + "e\u0301")).alphabet == "GSM-7"
