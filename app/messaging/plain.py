"""The text part of an e-mail, derived from its HTML."""

import re
from html.parser import HTMLParser

_BREAKS = dict.fromkeys(("p", "h1", "h2", "h3", "ul", "ol", "blockquote", "hr"), 2)
_BREAKS |= dict.fromkeys(("div", "br", "tr"), 1)


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.written.append("\n" * _BREAKS.get(tag, 0))
        if tag == "li":
            self.written.append("\n- ")
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")
        if tag == "img" and (alt := dict(attrs).get("alt")):
            self.written.append(f"[{alt}]")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.links:
            target = self.links.pop()
            if target and target not in "".join(self.written[-1:]):
                self.written.append(f" ({target})")
        if tag in ("td", "th"):
            self.written.append("  ")
        if tag != "br":
            self.written.append("\n" * _BREAKS.get(tag, 0))

    def handle_data(self, data: str) -> None:
        self.written.append(re.sub(r"\s+", " ", data))


def to_text(html: str) -> str:
    """What the HTML says, with paragraphs, list dashes and the addresses of its links."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    lines = [line.strip() for line in "".join(writer.written).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
