"""The base of every input, and the field types that carry the bounds.

One pydantic model serves GraphQL, REST, webhooks, the widget, imports and forms. Everywhere:
unknown keys are refused, text is trimmed, NUL is refused, and blank text is absent.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from unicodedata import category

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.kernel.errors import InvalidInput

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


def _refuse_nul(value: Any) -> Any:
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("text must not contain the NUL character")
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_nul(key)
            _refuse_nul(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_nul(item)
    return value


def _is_blank(value: Any) -> bool:
    """Text that shows nothing: white space and format characters such as the zero-width space."""
    return isinstance(value, str) and all(c.isspace() or category(c) == "Cf" for c in value)


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True, validate_default=False)

    @field_validator("*", mode="after")
    @classmethod
    def _without_nul(cls, value: Any) -> Any:
        """After the type is known, so that an inner model names its own field."""
        return _refuse_nul(value)


class Schema(_Input):
    """An input: strict about what it does not know, lenient about white space."""

    @model_validator(mode="before")
    @classmethod
    def _blank_is_absent(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if not _is_blank(value)}


class PatchSchema(_Input):
    """An update: an absent field keeps, null clears, blank text clears too."""

    @model_validator(mode="before")
    @classmethod
    def _blank_clears(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {key: None if _is_blank(value) else value for key, value in data.items()}

    def changes(self) -> dict[str, Any]:
        """Only what was given, nulls included."""
        return {name: getattr(self, name) for name in self.model_fields_set}


Patch = Annotated[T | None, Field(default_factory=lambda: None)]
"""A field of an update. A plain `= None` would become `= null` in the SDL and wipe data."""


_BREAKS = re.compile(r"\s*[\t\n\v\f\r\x85\u2028\u2029]\s*")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def one_line(value: str) -> str:
    """The text with breaks and tabs as one space; ValueError for other controls and changes of direction.

    It may stand in a header, a subject or a name without saying more than it shows.
    """
    folded = _BREAKS.sub(" ", _refuse_nul(value)).strip()
    if found := _CONTROLS.search(folded):
        raise ValueError(f"text on one line must not contain the control character U+{ord(found[0]):04X}")
    if value and _is_blank(folded):
        raise ValueError("text must show something")
    return folded


def _email(value: str) -> str:
    """Lower-cased, which never alters a letter outside ASCII: `İ` and `i` are two mailboxes."""
    try:
        checked = validate_email(value, check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError(str(error).replace("email", "e-mail")) from None
    for letter in value.rpartition("@")[0] + checked.local_part:
        if not letter.isascii() and letter != letter.lower():
            raise ValueError(f"write the letter {letter} before the @-sign in lower case")
    local, _, domain = (checked.ascii_email or checked.normalized).rpartition("@")
    return f"{local}@{domain}".lower()


def _phone_shape(value: str) -> str:
    if not re.fullmatch(r"\+?[\d\s().\-/]{5,20}", value) or sum(c.isdigit() for c in value) < 5:
        raise ValueError(
            "a phone number has 5 to 20 digits, spaces, dots, dashes or brackets, and may begin with +"
        )
    return value


def normalise_phone(value: str, region: str) -> str:
    """E.164 when the number is valid in `region` (ISO 3166), else what was given, trimmed."""
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return value.strip()
    if not phonenumbers.is_valid_number(number):
        return value.strip()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _figures(value: Any) -> Any:
    if isinstance(value, bool) or (isinstance(value, str) and "_" in value):
        raise PydanticCustomError("number", "give a number in figures, such as 120")
    return value


def _iso_date(value: Any) -> Any:
    """Text as ISO 8601 has it. Pydantic would take a number for seconds since 1970."""
    if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*", value):
        return value.strip()
    if isinstance(value, date):
        return value
    raise PydanticCustomError("date_parsing", "write a date as YYYY-MM-DD, such as 2027-06-12")


def _iso_instant(value: Any) -> Any:
    """Text as RFC 3339 has it. Pydantic would take a number, or `20270612`, for seconds since 1970."""
    if isinstance(value, str) and re.match(r"\s*[0-9]{4}-[0-9]{2}-", value):
        return value.strip()
    if isinstance(value, datetime):
        return value
    raise PydanticCustomError("datetime_parsing", "write a time as in 2027-06-12T14:30:00+02:00")


OneLine = AfterValidator(one_line)
Name = Annotated[str, Field(max_length=255), OneLine]
ShortText = Annotated[str, Field(max_length=255), OneLine]
LongText = Annotated[str, Field(max_length=10_000)]
Label = Annotated[str, Field(min_length=1, max_length=100), OneLine]
Distinct = AfterValidator(lambda values: list(dict.fromkeys(values)))
"""Each once, where it first stands."""
Email = Annotated[str, Field(max_length=254), AfterValidator(_email)]
Phone = Annotated[str, Field(max_length=20), AfterValidator(_phone_shape)]
Guests = Annotated[int, Field(ge=0, le=100_000), BeforeValidator(_figures)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2), BeforeValidator(_figures)]
Day = Annotated[date, BeforeValidator(_iso_date)]
Instant = Annotated[
    AwareDatetime,
    Field(ge=datetime(1970, 1, 1, tzinfo=UTC), le=datetime(2200, 12, 31, tzinfo=UTC)),
    BeforeValidator(_iso_instant),
]
"""RFC 3339 with its offset; without one nobody knows when."""
WeddingDate = Annotated[Day, Field(ge=date(1970, 1, 1), le=date(2200, 12, 31))]


def _bounded_json(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    def depth(item: JsonValue) -> int:
        """Of objects and lists; what stands in the innermost counts for none."""
        if not isinstance(item, dict | list):
            return 0
        children = item.values() if isinstance(item, dict) else item
        return 1 + max((depth(child) for child in children), default=0)

    if len(value) > 50:
        raise ValueError("at most 50 keys")
    if depth(value) > 5:
        raise ValueError("at most 5 levels deep")
    if len(str(value)) > 20_000:
        raise ValueError("at most 20,000 characters")
    for path, number in _numbers(value):
        if not abs(number) <= _LARGEST:
            raise ValueError(f"{path} is a number beyond 1e300; send it as text")
    return value


_LARGEST = 1e300


def _numbers(item: JsonValue, path: str = "") -> Iterator[tuple[str, int | float]]:
    """Each number with its dotted path."""
    if isinstance(item, int | float):
        yield path, item
    pairs = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
    for key, child in pairs:
        yield from _numbers(child, f"{path}.{key}" if path else str(key))


JsonObject = Annotated[dict[str, JsonValue], AfterValidator(_bounded_json)]


def validate(model: type[M], data: Any) -> M:
    """`data` as that model, or InvalidInput naming each field; the one door for untyped input."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InvalidInput.from_pydantic(error) from None
