"""In how many parts a text message is sent: the lengths of GSM 03.38 and UCS-2."""

import pytest

from app.messaging.segments import count


@pytest.mark.parametrize(
    ("text", "units", "segments"),
    [
        ("", 0, 1),
        ("x" * 160, 160, 1),
        ("x" * 161, 161, 2),
        ("x" * 306, 306, 2),
        ("x" * 307, 307, 3),
        ("ÄÖÜäöüß à la £5 ¿Sì\n", 20, 1),
        ("€" * 80, 160, 1),
        ("€" * 81, 162, 2),
        ("x" * 152 + "€" + "x" * 152, 306, 3),  # the € would be cut in two: it begins the second part
        ("{[~]}|^\\", 16, 1),
    ],
)
def test_letters_of_the_gsm_alphabet(text: str, units: int, segments: int) -> None:
    found = count(text)
    assert (found.units, found.segments, found.foreign, found.encoding) == (units, segments, "", "GSM-7")


@pytest.mark.parametrize(
    ("text", "units", "segments", "foreign"),
    [
        ("\u2019" + "x" * 69, 70, 1, "\u2019"),
        ("\u2019" + "x" * 70, 71, 2, "\u2019"),
        ("ł" * 134, 134, 2, "ł"),
        ("ł" * 135, 135, 3, "ł"),
        ("🎉" * 35, 70, 1, "🎉"),
        ("🎉" * 36, 72, 2, "🎉"),
        ("🎉" * 66, 132, 2, "🎉"),  # 33 whole ones in each part of 67
        ("🎉" * 67, 134, 3, "🎉"),
        ("“Yes” … yes", 11, 1, "“”…"),
        ("a\tb", 3, 1, "\t"),
    ],
)
def test_one_letter_outside_it_makes_all_of_it_ucs_2(
    text: str, units: int, segments: int, foreign: str
) -> None:
    found = count(text)
    assert (found.units, found.segments, found.foreign, found.encoding) == (units, segments, foreign, "UCS-2")
