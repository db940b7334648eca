"""What may be said about a supplier, its people and its keys, with the bounds."""

import re
from datetime import date, time
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from babel import Locale, UnknownLocaleError
from babel.numbers import is_currency
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.kernel.actor import Permission, Role
from app.kernel.errors import InvalidInput
from app.kernel.schema import Day, Email, Label, OneLine, Schema
from app.kernel.zones import zone
from app.models.choices import Trade

PASSWORD_LENGTH = (12, 200)


def _zone(name: str) -> str:
    try:
        return zone(name).key
    except InvalidInput as unknown:
        raise ValueError(unknown.message) from None


def _currency(code: str) -> str:
    if not is_currency(code):
        raise ValueError("not a currency; use the three capital letters of ISO 4217, such as GBP")
    return code


def _locale(tag: str) -> str:
    try:
        found = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        found = None
    if found is None or not found.territory:
        raise ValueError("not a language and region that we know, such as en-GB")
    return str(found).replace("_", "-")


NewPassword = Annotated[
    str,
    StringConstraints(strip_whitespace=False, min_length=PASSWORD_LENGTH[0], max_length=PASSWORD_LENGTH[1]),
]
"""A password to set; white space counts, as it does at sign-in."""
PersonName = Annotated[str, Field(min_length=1, max_length=255), OneLine]
Timezone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]
Currency = Annotated[str, Field(max_length=3), AfterValidator(_currency)]
LocaleTag = Annotated[str, Field(max_length=35), AfterValidator(_locale)]
Weekday = Literal["1", "2", "3", "4", "5", "6", "7"]
"""ISO 8601: "1" is Monday."""


def _wall_time(value: Any) -> Any:
    """Hours and minutes without a zone: pydantic would take an offset, and a number for seconds."""
    if isinstance(value, str) and re.fullmatch(r"\s*(?:[01][0-9]|2[0-3]):[0-5][0-9](?::00)?\s*", value):
        return value.strip()
    raise PydanticCustomError("time_parsing", "write a time as HH:MM, such as 09:00")


WallTime = Annotated[time, BeforeValidator(_wall_time)]


def _opens_before_it_closes(hours: tuple[time, time]) -> tuple[time, time]:
    if hours[0] >= hours[1]:
        raise ValueError("opening must be before closing")
    return hours


Hours = Annotated[tuple[WallTime, WallTime], AfterValidator(_opens_before_it_closes)]


ClosedDay = Annotated[Day, Field(ge=date(2000, 1, 1), le=date(2200, 12, 31))]


class SupplierProfile(Schema):
    """The whole profile of a supplier; a day absent from `working_hours` is closed."""

    name: PersonName
    trade: Trade
    timezone: Timezone
    currency: Currency
    locale: LocaleTag
    working_hours: dict[Weekday, Hours] = Field(default_factory=dict)
    holidays: Annotated[list[ClosedDay], Field(max_length=366)] = Field(default_factory=list)


class Account(Schema):
    """What people may change about themselves."""

    full_name: PersonName


class Notices(Schema):
    """The e-mails a member is sent about their work: when a lead is given to them, and each morning."""

    wants_notices: bool = False
    wants_digest: bool = False


class Invitation(Schema):
    """Somebody asked to join, and as what."""

    email: Email
    role: Role


class Joining(Schema):
    """What an invited person, new to us, says of themselves."""

    full_name: PersonName
    password: NewPassword


class RoleChange(Schema):
    role: Role


class Availability(Schema):
    """A member's team, whether leads are handed to them and how many at most, and when they are away."""

    team_id: UUID | None = None
    takes_leads: bool = False
    capacity: Annotated[int, Field(ge=0, le=10_000)] | None = None
    absent_from: Day | None = None
    absent_until: Day | None = None

    @model_validator(mode="after")
    def _absence_is_a_period(self) -> Self:
        if (self.absent_from is None) != (self.absent_until is None):
            raise ValueError("an absence has a first and a last day")
        if self.absent_from and self.absent_until and self.absent_from > self.absent_until:
            raise ValueError("an absence ends on or after its first day")
        return self


class TeamName(Schema):
    name: Label


class NewApiKey(Schema):
    """A key to make. It may do what its scopes and its maker's role both allow, until it expires."""

    name: Label
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=len(Permission))]
    expires_in_days: Annotated[int, Field(ge=1, le=3650)] | None = None
