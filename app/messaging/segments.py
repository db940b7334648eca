"""How many parts a text message is sent and paid in (GSM 03.38, 3GPP TS 23.038 and 23.040).

Letters of the GSM alphabet take 7 bits, those of its extension table twice as many; one letter outside it
and the whole message is in UCS-2, 16 bits a letter and twice as many for an emoji. A message of one part has
room for 160 or 70; each of several for 153 or 67, as 48 bits say which part it is. Nothing is cut in two.
"""

from collections.abc import Iterable
from dataclasses import dataclass

MOST_SEGMENTS = 10
"""What providers take at most."""
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True)
class Counted:
    """`units` are of 7 bits, or of 16 when `foreign`, the letters outside the GSM alphabet, is not empty."""

    units: int
    segments: int
    foreign: str

    @property
    def encoding(self) -> str:
        return "UCS-2" if self.foreign else "GSM-7"


def count(text: str) -> Counted:
    """How the text is sent: `foreign` has each letter once, as it first occurs."""
    foreign = "".join(dict.fromkeys(letter for letter in text if letter not in _BASIC | _EXTENDED))
    if foreign:
        sizes, alone, each = [2 if ord(letter) > 0xFFFF else 1 for letter in text], 70, 67
    else:
        sizes, alone, each = [2 if letter in _EXTENDED else 1 for letter in text], 160, 153
    units = sum(sizes)
    return Counted(units, 1 if units <= alone else _parts(sizes, each), foreign)


def _parts(sizes: Iterable[int], room: int) -> int:
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts
