"""What the guide says of fields and operators is what the registry has."""

import re
from collections.abc import Iterator

from app.models.choices import CriteriaOperator
from app.models.leads import BUDGET_RANGES
from app.scoring.fields import FIELDS, OPERATORS
from app.scoring.rescoring import MOST_AT_ONCE
from app.scoring.schemas import MOST_ADJUSTMENTS, MOST_GROUPS, MOST_RULES
from app.settings import ROOT

GUIDE = (ROOT / "docs" / "scoring.md").read_text()


def rows(first: str) -> Iterator[list[str]]:
    """The cells of the table whose first column is called so."""
    table = GUIDE.split(f"\n| {first} |")[1].split("\n\n")[0]
    for line in table.splitlines()[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def words(cell: str) -> list[str]:
    return re.findall("`([^`]+)`", cell)


def test_the_fields_are_those_there_are() -> None:
    told = [(*words(name), kind, label) for name, kind, label, _ in rows("field")]
    assert told == [(one.name, one.kind, one.label) for one in FIELDS.values()]


def test_the_words_of_a_field_are_those_it_may_have() -> None:
    told = {words(name)[0]: words(about) for name, _, _, about in rows("field")}
    assert told["budget_range"] == list(BUDGET_RANGES)
    for one in FIELDS.values():
        if one.choices:
            assert told[one.name] == list(one.choices)


def test_each_kind_takes_the_operators_it_takes() -> None:
    assert {kind: words(operators) for kind, operators, _ in rows("kind")} == {
        kind: list(operators) for kind, operators in OPERATORS.items()
    }


def test_every_operator_is_explained() -> None:
    assert {word for name, *_ in rows("operator") for word in words(name)} == set(CriteriaOperator)


def test_the_bounds_are_those_that_are_kept() -> None:
    assert f"at most {MOST_RULES} rules, active or not, and {MOST_GROUPS} groups" in GUIDE
    assert f"up to {MOST_AT_ONCE:,} in the same" in GUIDE
    assert f"a lead has {MOST_ADJUSTMENTS} adjustments that count" in GUIDE
