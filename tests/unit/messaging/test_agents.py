"""Person or machine."""

from datetime import timedelta

import pytest

from app.messaging.agents import Judgement, Moment, Visit, judge

CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
APPLE_MAIL = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
OUTLOOK = "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; Microsoft Outlook 16.0)"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
LATER = Moment(timedelta(minutes=7))


@pytest.mark.parametrize("agent", [CHROME, APPLE_MAIL, OUTLOOK, "Mozilla/5.0 (Linux; Android 9; CUBOT X18)"])
def test_a_mail_program_or_browser_is_a_person(agent: str) -> None:
    assert judge(Visit(agent=agent), LATER) == Judgement(True, "browser")


@pytest.mark.parametrize("agent", [GMAIL, "YahooMailProxy; https://help.yahoo.com/kb/"])
def test_a_picture_proxy_loads_when_a_person_opens(agent: str) -> None:
    assert judge(Visit(agent=agent), LATER) == Judgement(True, "image_proxy")


@pytest.mark.parametrize(
    ("visit", "reason"),
    [
        (Visit("HEAD", CHROME), "head"),
        (Visit(agent=" "), "no_user_agent"),
        (Visit(agent=CHROME, is_ahead=True), "loaded_ahead"),
        (Visit(agent="Mozilla/5.0"), "mail_privacy"),
        (Visit(agent=f"{CHROME} Barracuda Sentinel (EE)"), "scanner"),
        (Visit(agent="python-requests/2.32"), "program"),
        (Visit(agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"), "program"),
        (Visit(agent="WhatsApp/2.23.20 A"), "program"),
    ],
)
def test_a_machine_is_known_by_what_it_says(visit: Visit, reason: str) -> None:
    assert judge(visit, LATER) == Judgement(False, reason)


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        (Moment(None), "before_sent"),
        (Moment(timedelta(seconds=4.9)), "too_soon"),
        (Moment(timedelta(hours=1), among_others=True), "many_at_once"),
    ],
)
def test_a_machine_is_known_by_when_it_comes(moment: Moment, reason: str) -> None:
    assert judge(Visit(agent=CHROME), moment) == Judgement(False, reason)
    assert judge(Visit(agent=GMAIL), moment) == Judgement(False, reason)


def test_after_five_seconds_somebody_may_have_read_it() -> None:
    assert judge(Visit(agent=CHROME), Moment(timedelta(seconds=5))).is_human
