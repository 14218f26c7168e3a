"""How many messages a text takes, by the alphabets of 3GPP TS 23.038."""

import pytest

from sla_sms.texts import Length, measure


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("a" * 160, Length("GSM-7", 160, 1)),
        ("a" * 161, Length("GSM-7", 161, 2)),
        ("a" * 306, Length("GSM-7", 306, 2)),
        ("a" * 307, Length("GSM-7", 307, 3)),
        ("café", Length("GSM-7", 4, 1)),  # é is in the basic alphabet
        ("10 €", Length("GSM-7", 5, 1)),  # the euro sign is in its extension, and takes two septets
        ("[" * 80, Length("GSM-7", 160, 1)),
        ("a" * 152 + "€" + "a" * 152, Length("GSM-7", 306, 3)),  # a pair of septets is not torn apart
        ("não", Length("UCS-2", 3, 1)),  # ã is in neither
        ("ç" * 70, Length("UCS-2", 70, 1)),  # only the capital Ç is in the basic alphabet
        ("ã" * 71, Length("UCS-2", 71, 2)),
        ("ã" * 134, Length("UCS-2", 134, 2)),
        ("😀" * 35, Length("UCS-2", 70, 1)),  # two units each
        ("😀" * 67, Length("UCS-2", 134, 3)),  # 33 of them fit in 67 units
        ("", Length("GSM-7", 0, 1)),
    ],
)
def test_a_text_takes_as_many_messages_as_its_alphabet_makes_of_it(text: str, length: Length) -> None:
    assert measure(text) == length
