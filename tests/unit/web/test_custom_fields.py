"""A lead's own fields as lines of text, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.lead.custom_fields import from_lines, to_lines

NAMES = st.text('abß_7:" \\\n\r\x85\u2028', max_size=10)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('ab1 :"[{\n,\r\x85\u2028', max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_what_is_shown_is_read_back_as_it_was(fields: dict[str, object]) -> None:
    assert from_lines(to_lines(fields)) == fields


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        (" pets : two dogs \r\n\r\n rooms: 3", {"pets": "two dogs", "rooms": 3}),
        ("time: 14:30", {"time": "14:30"}),
        ("phone: 07400 123456", {"phone": "07400 123456"}),
        ('code: "12"', {"code": "12"}),
        ("n: NaN", {"n": "NaN"}),
        ("empty:", {"empty": ""}),
        ('"utm:source": ads', {"utm:source": "ads"}),
        ('"so called" friends: 3', {'"so called" friends': 3}),
        ("deep: " + "[" * 9000, {"deep": "[" * 9000}),
    ],
)
def test_a_value_is_json_where_it_reads_as_json(text: str, found: dict[str, object]) -> None:
    assert from_lines(text) == found


@pytest.mark.parametrize("text", ["no colon", ": no name", "a: 1\na: 2"])
def test_other_lines_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="name"):
        from_lines(text)
