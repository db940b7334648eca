"""What makes an e-mail tell that it was opened and which of its links were followed."""

import re
from html import escape, unescape
from uuid import UUID

from app.messaging.links import click_url, pixel_url, ways_out

MOST_LINKS = 200
"""Links beyond these stay as they are, and are not counted."""
_LINK = re.compile(r"""(<a(?=\s)(?:[^<>"]|"[^"]*")*?\shref=")(https?://[^"]*)(")""", re.IGNORECASE)
"""As our sanitiser and layout write it: attributes between double quotes, and none of these within. Outside
of them there is no `<`: so what an unclosed tag leads to is read once, not once for each tag."""


def track(html: str, supplier_id: UUID, message_id: UUID) -> tuple[str, list[str]]:
    """The page with its http(s) links leading through us and our pixel at its end, and where the links lead,
    by their number. The ways out of our messages stay as they are."""
    links: list[str] = []

    def follow(found: re.Match[str]) -> str:
        before, written, after = found.groups()
        target = unescape(written)
        if len(links) >= MOST_LINKS or target.startswith(ways_out()):
            return found.group()
        links.append(target)
        return before + escape(click_url(supplier_id, message_id, len(links) - 1)) + after

    return _with_pixel(_LINK.sub(follow, html), pixel_url(supplier_id, message_id)), links


def _with_pixel(html: str, url: str) -> str:
    pixel = f'<img src="{escape(url)}" width="1" height="1" alt="">'
    head, body_end, tail = html.rpartition("</body>")
    return head + pixel + body_end + tail if body_end else html + pixel
