"""The form of a rule: what it asks, what it adds, and a lead to test it on."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than its stubs
    BooleanField,
    DecimalField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from app.kernel.db import db
from app.kernel.errors import FieldError, InvalidInput
from app.leads import queries
from app.models.choices import CriteriaOperator as Op
from app.models.choices import CriteriaType
from app.models.scoring import ScoringRule
from app.scoring.fields import FIELDS, OPERATORS, PATHS, Kind, ScoringField
from app.scoring.groups import groups
from app.web.fields import choices
from app.web.rule_words import OPERATORS as CALLED
from app.web.rule_words import condition
from app.web.score_values import known, source_names, value
from app.web.write_form import WriteForm

OTHER = "other"
"""The choice of a field that the form names by its path."""
ABOUT = {
    CriteriaType.WEDDING_DETAILS: "The wedding",
    CriteriaType.BUDGET: "Money",
    CriteriaType.TIMELINE: "Time",
    CriteriaType.ENGAGEMENT: "What they do",
    CriteriaType.BEHAVIORAL: "The lead",
    CriteriaType.DEMOGRAPHIC: "The couple",
}
CALLED_OF_DATES = {Op.GREATER_THAN: "is after", Op.LESS_THAN: "is before"}
CALLED_OF_LISTS = {Op.CONTAINS: "include", Op.IN_LIST: "include one of", Op.EQUALS: "are exactly"}
HINTS = {
    Kind.NUMBER: "A number. For “between” two with a comma, the smaller first: 50, 150.",
    Kind.TEXT: "Words; capitals do not matter. Several of “is one of” with commas between them.",
    Kind.DATE: "A date such as 2027-06-19. For “between” two with a comma.",
    Kind.BOOLEAN: "yes or no.",
    Kind.LIST: "One of them, or several with commas between them.",
    Kind.JSON: "A number or words, as the field has them; several with commas between them.",
}
MOST_CHOICES = 30


class RuleForm(WriteForm):
    criteria_field = SelectField("If")
    field_path = StringField(
        "Path of the field",
        description="custom_fields.theme, or source_details.referrer_name.",
        render_kw={"maxlength": 100, "autocomplete": "off", "spellcheck": "false"},
    )
    criteria_operator = SelectField("Comparison")
    criteria_value = StringField("Value", render_kw={"maxlength": 1000, "autocomplete": "off"})
    score_adjustment = IntegerField(
        "Points",
        description="From -100 to 100; less than 0 takes away.",
        render_kw={"required": True, "min": -100, "max": 100},
    )
    rule_weight = DecimalField(
        "Weight",
        [Optional()],
        default=Decimal(1),
        places=None,
        description="The points count so many times.",
        render_kw={"min": 0, "max": "9.99", "step": "0.01"},
    )
    half_life_weeks = IntegerField(
        "Half-life in weeks",
        [Optional()],
        description="After so many weeks of silence the points count half, and so on. Empty: never.",
        render_kw={"min": 1, "max": 104},
    )
    rule_group_id = SelectField("Group", default="")
    is_active = BooleanField("On", default=True)
    rule_name = StringField(
        "Name",
        description="Empty: what the rule asks.",
        render_kw={"maxlength": 255, "autocomplete": "off"},
    )
    rule_description = TextAreaField(
        "Why", description="For you and your team.", render_kw={"rows": 2, "maxlength": 10_000}
    )
    lead = StringField(
        "Test against one lead",
        render_kw={"maxlength": 100, "autocomplete": "off", "placeholder": "Name, e-mail or id"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria_field.choices = list(_fields())
        self.criteria_operator.choices = _operators(None)
        named = ((str(group.id), group.group_name) for group in groups(db.session()))
        self.rule_group_id.choices = choices([("", "None"), *named])
        self.rule_group_id.data = self.rule_group_id.data or ""

    @classmethod
    def of(cls, rule: ScoringRule) -> "RuleForm":
        """As the rule is now; nothing when the form was posted."""
        form = cls(obj=rule)
        if not form.is_submitted():
            form.ask(rule.criteria_field)
        return form

    def ask(self, name: str) -> None:
        """Choose that field, or write it as a path."""
        is_listed = name in FIELDS
        self.criteria_field.data = name if is_listed else OTHER
        self.field_path.data = "" if is_listed else name

    def fit(self) -> None:
        """Offer only the operators that fit the chosen field."""
        if self.asked:
            self.criteria_operator.choices = _operators(self.asked.kind)

    @property
    def field_name(self) -> str:
        chosen = self.criteria_field.data or ""
        return (self.field_path.data or "").strip() if chosen == OTHER else chosen

    @property
    def asked(self) -> ScoringField | None:
        return known(self.field_name)

    @property
    def hint(self) -> str:
        if self.asked is None:
            return "What to compare with; several with commas between them."
        if self.asked.name == "lead_source":
            return "One of your sources, or several with commas between them."
        return HINTS[self.asked.kind]

    @property
    def values_offered(self) -> list[tuple[str, str]]:
        """The values the field may have, or the first sources, with what people call them."""
        if self.asked is None:
            return []
        if self.asked.name == "lead_source":
            sources = queries.sources(db.session())[:MOST_CHOICES]
            return [(one.slug, one.source_name) for one in sources]
        if self.asked.kind is Kind.BOOLEAN:
            return [("yes", "Yes"), ("no", "No")]
        return [(choice, value(self.asked.name, choice, {})) for choice in self.asked.choices]

    @property
    def suggested_name(self) -> str:
        """What the rule asks, as a name; empty when it cannot be told yet."""
        if not self.field_name or self.criteria_operator.data not in set(Op):
            return ""
        said = condition(
            ScoringRule(
                criteria_field=self.field_name,
                criteria_operator=Op(self.criteria_operator.data),
                criteria_value=self.criteria_value.data or "",
            ),
            source_names(),
        )
        return f"{said[:1].upper()}{said[1:]}"[:255]

    def values(self) -> dict[str, Any]:
        """As RuleWrite has them; without a name the rule is called after what it asks."""
        given = super().values() | {"criteria_field": self.field_name}
        if not (given["rule_name"] or "").strip():
            given["rule_name"] = self.suggested_name
        if given["rule_weight"] is None:
            del given["rule_weight"]
        return {name: given[name] for name in given if name not in ("field_path", "lead")}

    def blame(self, error: InvalidInput) -> None:
        """What is wrong with the path is told at the path."""
        at = "field_path" if self.criteria_field.data == OTHER else "criteria_field"
        fields = [
            FieldError(at, one.code, one.message) if one.field == "criteria_field" else one
            for one in error.fields
        ]
        super().blame(InvalidInput(error.message, fields=fields))


def _fields() -> Iterator[Any]:
    for about, name in ABOUT.items():
        for field in FIELDS.values():
            if field.about is about:
                yield SelectChoice(field.name, field.label, optgroup=name)
    yield SelectChoice(
        OTHER, f"A field by its path ({' or '.join(f'{path}.…' for path in PATHS)})", optgroup="Others"
    )


def _operators(kind: Kind | None) -> list[Any]:
    """Those that fit a field of that kind, as people say them of it; None: all."""
    called = {Kind.DATE: CALLED_OF_DATES, Kind.LIST: CALLED_OF_LISTS}.get(kind, {}) if kind else {}
    offered = OPERATORS[kind] if kind else CALLED
    return choices((op.value, called.get(op) or CALLED[op]) for op in offered)
