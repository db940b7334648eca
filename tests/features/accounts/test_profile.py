"""A supplier's profile: what is a zone, a currency, a locale and a working day."""

import pytest

from app.accounts.schemas import SupplierProfile
from app.kernel.errors import InvalidInput
from app.kernel.schema import validate

PROFILE = {
    "name": "Rosewood",
    "trade": "venue",
    "timezone": "Europe/London",
    "currency": "GBP",
    "locale": "en-GB",
}


@pytest.mark.parametrize(
    ("field", "value", "at"),
    [
        ("timezone", "Europe/Atlantis", "timezone"),
        ("timezone", "../../etc/passwd", "timezone"),
        ("currency", "gbp", "currency"),
        ("currency", "ZZZ", "currency"),
        ("locale", "en", "locale"),
        ("locale", "xx-YY", "locale"),
        ("trade", "magician", "trade"),
        ("name", "   ", "name"),
        ("name", "\u200b", "name"),
        ("name", "Rose\u202ewood", "name"),
        ("working_hours", {"8": ["09:00", "17:00"]}, "working_hours.8.[key]"),
        ("working_hours", {"1": ["17:00", "09:00"]}, "working_hours.1"),
        ("working_hours", {"1": ["09:00"]}, "working_hours.1.1"),
        ("working_hours", {"1": ["09:00Z", "17:00"]}, "working_hours.1.0"),
        ("working_hours", {"1": ["09:00:10", "17:00"]}, "working_hours.1.0"),
        ("working_hours", {"1": ["09:00", "64800"]}, "working_hours.1.1"),
        ("holidays", ["86400"], "holidays.0"),
        ("holidays", ["2026-02-30"], "holidays.0"),
        ("holidays", ["2026-12-25"] * 367, "holidays"),
        ("owner", "me", "owner"),
    ],
)
def test_what_is_wrong_is_named(field: str, value: object, at: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        validate(SupplierProfile, PROFILE | {field: value})
    assert [problem.field for problem in refused.value.fields] == [at]


def test_a_locale_is_kept_as_bcp_47_writes_it() -> None:
    assert validate(SupplierProfile, PROFILE | {"locale": "de-at"}).locale == "de-AT"


def test_hours_and_holidays_may_be_left_out() -> None:
    profile = validate(SupplierProfile, PROFILE)
    assert (profile.working_hours, profile.holidays) == ({}, [])
