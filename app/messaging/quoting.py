"""What a person wrote above, below or between the lines of the message they answer. Linear in its length."""

import re

MOST = 10_000
"""Characters of an answer that are kept."""
_LINE = 400
_WROTE = "wrote|schrieb|a écrit|escribió|ha scritto|schreef|skrev|escreveu|napisał"
_INTRODUCED = re.compile(
    rf"^(?:On|Am|Le|El|Il|Op|Den|Em|W dniu|\d{{1,4}}[-./])[^\n]*\b(?:{_WROTE})\b[^\n]{{0,120}}:\s*$"
)
_ORIGINAL = re.compile(
    r"^\s*-{3,}\s*(?:Original|Ursprüngliche|Message d'origine|Mensaje original)", re.IGNORECASE
)
_RULE = re.compile(r"^\s*_{10,}\s*$")
_FROM = re.compile(r"^\s*\*?(?:From|Von|De|Da|Van|Fra)\s*:\*?\s", re.IGNORECASE)
_SENT = re.compile(
    r"^\s*\*?(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado|Inviato|Verzonden|Sendt|To|An)\s*:", re.IGNORECASE
)


def answer(text: str) -> str:
    """The text without what it quotes, at most `MOST` characters; all of it when all is quoted."""
    lines = text[: 5 * MOST].replace("\r\n", "\n").split("\n")
    written = "\n".join(line for line in lines[: _end(lines)] if not line.startswith(">")).strip()
    return (written or text.strip())[:MOST]


def _end(lines: list[str]) -> int:
    """Where the message that is answered begins; the end when nothing says so."""
    for number, line in enumerate(lines):
        if _begins(line[:_LINE], [one[:_LINE] for one in lines[number + 1 : number + 4]]):
            return number
    return len(lines)


def _begins(line: str, following: list[str]) -> bool:
    """Mail programs break the line that introduces a quotation into two or three."""
    if _ORIGINAL.match(line) or (_RULE.match(line) and any(map(_FROM.match, following))):
        return True
    if _FROM.match(line) and any(map(_SENT.match, following)):
        return True
    joined = [" ".join([line, *following[:more]]) for more in range(3)]
    return any(_INTRODUCED.match(one) for one in joined)
