"""What every input obeys."""

from datetime import UTC, date, datetime

import pytest

from app.kernel.errors import InvalidInput
from app.kernel.schema import (
    Amount,
    Email,
    Guests,
    Instant,
    JsonObject,
    Label,
    Patch,
    PatchSchema,
    Phone,
    Schema,
    ShortText,
    WeddingDate,
    normalise_phone,
    validate,
)


class Sample(Schema):
    name: ShortText | None = None
    email: Email | None = None
    phone: Phone | None = None
    extra: JsonObject | None = None
    labels: list[Label] | None = None
    guests: Guests | None = None
    budget: Amount | None = None
    day: WeddingDate | None = None
    at: Instant | None = None


class SamplePatch(PatchSchema):
    name: Patch[ShortText]
    email: Patch[Email]


def refusal(data: object, model: type[Schema] = Sample) -> str:
    with pytest.raises(InvalidInput) as refused:
        validate(model, data)
    return f"{refused.value.fields[0].field}: {refused.value.fields[0].message}"


def test_text_is_trimmed_and_blank_is_absent() -> None:
    sample = validate(Sample, {"name": "  Ada  ", "email": "   "})
    assert sample.name == "Ada"
    assert "email" not in sample.model_fields_set


def test_an_unknown_key_is_refused_by_name() -> None:
    assert refusal({"nmae": "x"}).startswith("nmae:")


@pytest.mark.parametrize("data", [{"name": "a\x00b"}, {"extra": {"k": ["a\x00"]}}, {"extra": {"a\x00": 1}}])
def test_nul_is_refused_wherever_it_hides(data: dict[str, object]) -> None:
    assert "NUL" in refusal(data)


def test_a_text_too_long_names_the_bound() -> None:
    assert "255" in refusal({"name": "x" * 256})


@pytest.mark.parametrize(
    ("given", "kept"),
    [(" Ada@Example.COM ", "ada@example.com"), ("ada@bücher.example", "ada@xn--bcher-kva.example")],
)
def test_an_email_is_kept_in_one_form(given: str, kept: str) -> None:
    assert validate(Sample, {"email": given}).email == kept


@pytest.mark.parametrize(
    "bad", ["ada", "ada@", "@example.com", "a b@example.com", "ada@example.com\nBcc: x@example.com"]
)
def test_what_is_no_email_is_refused(bad: str) -> None:
    assert refusal({"email": bad}).startswith("email:")


@pytest.mark.parametrize("bad", ["12", "call me", "+" + "1" * 30, "<script>"])
def test_what_is_no_phone_is_refused(bad: str) -> None:
    assert refusal({"phone": bad}).startswith("phone:")


def test_a_phone_is_kept_in_e164_when_it_can_be() -> None:
    assert normalise_phone("020 7946 0018", "GB") == "+442079460018"
    assert normalise_phone("12345", "GB") == "12345"


@pytest.mark.parametrize("breaks", ["\r\n", "\n", "\t", "\v", "\f", "\x85", "\u2028", "\u2029", " \n\t "])
def test_breaks_and_tabs_in_a_line_become_one_space(breaks: str) -> None:
    assert validate(Sample, {"name": f"Evil{breaks}Bcc: x"}).name == "Evil Bcc: x"
    assert validate(Sample, {"labels": [f"a{breaks}b"]}).labels == ["a b"]


@pytest.mark.parametrize(
    "odd", ["\x01", "\x08", "\x1b", "\x7f", "\x9b", "\u202a", "\u202e", "\u2066", "\u2069"]
)
def test_other_controls_in_a_line_are_refused_at_their_field(odd: str) -> None:
    told = f"text on one line must not contain the control character U+{ord(odd):04X}"
    assert refusal({"name": f"a{odd}b"}) == f"name: {told}"
    assert refusal({"labels": ["fine", f"a{odd}b"]}) == f"labels.1: {told}"


@pytest.mark.parametrize("nothing", ["\u200b", " \u200d\ufeff\t", "\u2060\u00ad"])
def test_text_that_shows_nothing_is_blank(nothing: str) -> None:
    assert validate(Sample, {"name": nothing}).model_fields_set == set()
    assert validate(SamplePatch, {"name": nothing}).changes() == {"name": None}
    assert refusal({"labels": [nothing]}).startswith("labels.0:")


def test_joiners_within_a_name_stay() -> None:
    assert validate(Sample, {"name": "नम\u200dस्ते"}).name == "नम\u200dस्ते"


@pytest.mark.parametrize(
    "bad", ["İbo@example.com", "ÄRA@example.com", "\u212aim@example.com", "E\u0301a@example.com"]
)
def test_lower_casing_never_makes_another_mailbox(bad: str) -> None:
    assert "in lower case" in refusal({"email": bad})


def test_a_local_part_beyond_ascii_is_kept_as_written() -> None:
    assert validate(Sample, {"email": "Jäger.ß@Example.com"}).email == "jäger.ß@example.com"


def test_what_is_wrong_with_an_address_is_said_once() -> None:
    assert refusal({"email": "nobody"}) == "email: An e-mail address must have an @-sign."


@pytest.mark.parametrize(
    "bad", [1812758400, 1812758400.0, "1812758400", "2027-9-4", "2027-09-04T00:00:00Z", True]
)
def test_a_date_is_iso_text_and_nothing_else(bad: object) -> None:
    assert refusal({"day": bad}) == "day: write a date as YYYY-MM-DD, such as 2027-06-12"


@pytest.mark.parametrize("given", [" 2027-09-04 ", date(2027, 9, 4)])
def test_a_date_is_read(given: object) -> None:
    assert validate(Sample, {"day": given}).day == date(2027, 9, 4)


@pytest.mark.parametrize("bad", [20270904, "20270904", "1822003200000", 1.5, True, "2027-09-04", "soon"])
def test_an_instant_is_iso_text_with_its_offset_and_nothing_else(bad: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        validate(Sample, {"at": bad})
    assert refused.value.fields[0].field == "at"


@pytest.mark.parametrize("given", [" 2027-09-04T16:30:00+02:00 ", datetime(2027, 9, 4, 14, 30, tzinfo=UTC)])
def test_an_instant_is_read(given: object) -> None:
    assert validate(Sample, {"at": given}).at == datetime(2027, 9, 4, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize("field", ["guests", "budget"])
@pytest.mark.parametrize("bad", [True, "1_0"])
def test_a_number_is_written_in_figures(field: str, bad: object) -> None:
    assert refusal({field: bad}) == f"{field}: give a number in figures, such as 120"


@pytest.mark.parametrize("given", [120, "120", " 120 ", 120.0])
def test_a_number_is_read(given: object) -> None:
    sample = validate(Sample, {"guests": given, "budget": given})
    assert (sample.guests, sample.budget) == (120, 120)


@pytest.mark.parametrize("beyond", [float("inf"), float("-inf"), float("nan"), 10**301])
def test_a_number_that_json_cannot_keep_is_named(beyond: float) -> None:
    told = "extra: list.1.n is a number beyond 1e300; send it as text"
    assert refusal({"extra": {"list": [1, {"n": beyond}], "fine": True}}) == told
    assert validate(Sample, {"extra": {"n": 1e300, "m": -(10**300), "b": True}}).extra is not None


def test_json_is_bounded_in_keys_depth_and_size() -> None:
    assert "50 keys" in refusal({"extra": {str(i): 1 for i in range(51)}})
    assert "5 levels" in refusal({"extra": {"a": {"b": {"c": {"d": {"e": {}}}}}}})
    assert Sample(extra={"branches": [{"if": {"required_tags": ["warm"]}, "then": 4}]}).extra
    assert "20,000" in refusal({"extra": {"a": "x" * 20_001}})


def test_a_patch_keeps_absent_apart_from_null() -> None:
    assert validate(SamplePatch, {}).changes() == {}
    assert validate(SamplePatch, {"name": None}).changes() == {"name": None}
    assert validate(SamplePatch, {"name": " "}).changes() == {"name": None}
    assert validate(SamplePatch, {"email": "A@b.co"}).changes() == {"email": "a@b.co"}


def test_what_is_no_object_is_refused() -> None:
    for data in ([], "x", 3, None):
        refusal(data)
