from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import NotFound
from app.kernel.public_keys import make, supplier_of


@given(st.uuids())
def test_a_key_names_its_supplier(supplier: UUID) -> None:
    assert supplier_of(make(supplier)) == supplier
    assert supplier_of(make(supplier, random_bytes=32), random_bytes=32) == supplier


def test_no_two_keys_are_the_same() -> None:
    assert make(UUID(int=1)) != make(UUID(int=1))


@given(st.text(max_size=80))
def test_other_text_names_nobody(text: str) -> None:
    key = make(UUID(int=7))
    for made_up in (text, key + text if text else key[:-1], f"{key[:9]}!{key[9:]}"):
        if made_up != key and len(made_up) != len(key):
            with pytest.raises(NotFound):
                supplier_of(made_up)
