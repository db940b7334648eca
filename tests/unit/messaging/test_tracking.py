"""Links that lead through us, and the pixel."""

from html import unescape

import pytest
from flask import Flask
from uuid_utils.compat import uuid7

from app.kernel.errors import InvalidInput
from app.messaging.links import (
    click_url,
    pixel_url,
    preferences_url,
    read_click,
    read_pixel,
    read_preferences,
    unsubscribe_url,
)
from app.messaging.tracking import MOST_LINKS, track

SUPPLIER, MESSAGE = uuid7(), uuid7()


def token(url: str) -> str:
    return url.rpartition("/")[2].removesuffix(".gif")


def test_links_of_the_web_lead_through_us_and_keep_their_targets(app: Flask) -> None:
    page = (
        '<html><body><p><a href="https://rosewood.example/?a=1&amp;b=2">Us</a>'
        '<a title="a > b" href="http://fair.example/">Fair</a><a href="mailto:a@b.example">Mail</a>'
        '<a href="tel:+44">Call</a><abbr href="https://no.example">x</abbr>https://text.example</p></body></html>'
    )
    with app.app_context():
        tracked, links = track(page, SUPPLIER, MESSAGE)
        assert links == ["https://rosewood.example/?a=1&b=2", "http://fair.example/"]
        for number in (0, 1):
            assert f'href="{click_url(SUPPLIER, MESSAGE, number)}"' in tracked
        assert 'title="a > b"' in tracked
        for kept in (
            "mailto:a@b.example",
            "tel:+44",
            '<abbr href="https://no.example">',
            "https://text.example",
        ):
            assert kept in tracked
        pixel = f'<img src="{pixel_url(SUPPLIER, MESSAGE)}" width="1" height="1" alt=""></body></html>'
        assert tracked.endswith(pixel)


def test_the_ways_out_are_not_counted(app: Flask) -> None:
    with app.app_context():
        out = [unsubscribe_url(SUPPLIER, MESSAGE), preferences_url(SUPPLIER, MESSAGE)]
        tracked, links = track("".join(f'<a href="{url}">Out</a>' for url in out), SUPPLIER, MESSAGE)
        assert links == []
        assert all(f'href="{url}"' in tracked for url in out)


def test_there_is_a_bound(app: Flask) -> None:
    with app.app_context():
        tracked, links = track('<a href="https://a.example/">A</a>' * (MOST_LINKS + 1), SUPPLIER, MESSAGE)
    assert len(links) == MOST_LINKS
    assert unescape(tracked).count('href="https://a.example/"') == 1


@pytest.mark.parametrize("tag", ["<a ", '<a "', '<a "x" ', '<a x="<a " ', '<a href="'])
def test_an_unclosed_tag_takes_no_time(app: Flask, tag: str) -> None:
    with app.app_context():
        assert track(tag * 20_000, SUPPLIER, MESSAGE)[1] == []


def test_tokens_name_the_message_and_nothing_else_opens(app: Flask) -> None:
    with app.app_context():
        opened, clicked = token(pixel_url(SUPPLIER, MESSAGE)), token(click_url(SUPPLIER, MESSAGE, 513))
        chosen = token(preferences_url(SUPPLIER, MESSAGE))
        assert read_pixel(opened) == read_preferences(chosen) == (SUPPLIER, MESSAGE)
        assert read_click(clicked) == (SUPPLIER, MESSAGE, 513)
        assert len(clicked) <= 64
        for wrong in ("", "x", "é", opened[:-1], f"{opened}A", chosen, clicked, "A" * 59, "A" * 9_000):
            with pytest.raises(InvalidInput):
                read_pixel(wrong)
            if wrong != clicked:
                with pytest.raises(InvalidInput):
                    read_click(wrong)
