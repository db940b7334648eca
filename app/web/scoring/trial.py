"""What a rule would do before it is saved: to the open leads, and to one of them."""

from dataclasses import dataclass
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.schema import Schema, validate
from app.leads import record, search
from app.leads.search import Suggestion
from app.models.scoring import ScoringRule
from app.scoring.checks import check_rule
from app.scoring.compiler import RuleSet
from app.scoring.drafts import draft
from app.scoring.preview import Preview, preview, with_rule
from app.scoring.queries import Explanation, Line, explain
from app.scoring.schemas import RuleWrite
from app.web.score_values import source_names
from app.web.scoring.rule_form import RuleForm
from app.web.viewer import viewer


@dataclass(frozen=True)
class Tested:
    """One lead by the draft; `line` is what the draft does to it, None when it is off."""

    lead_id: UUID
    couple: str
    before: int
    explanation: Explanation
    line: Line | None
    others: list[Suggestion]


@dataclass(frozen=True)
class Trial:
    rule: ScoringRule
    names: dict[str, str]
    preview: Preview
    tested: Tested | None


class Chosen(Schema):
    """Of the leads that the words name."""

    lead_id: UUID | None = None


def trial(form: RuleForm, saved: ScoringRule | None) -> Trial | None:
    """The posted rule tried out, in the place of the saved one; None when it is wrong, as the fields say."""
    data = form.read(RuleWrite)
    if data is None:
        return None
    session = db.session()
    try:
        rule = _draft(session, data, saved)
        rules = with_rule(session, rule)
        tested = _test(session, form.lead.data or "", rule, rules)
    except InvalidInput as refused:
        form.blame(refused)
        return None
    return Trial(rule, source_names(), preview(session, rules, clock.now()), tested)


def _draft(session: Session, data: RuleWrite, saved: ScoringRule | None) -> ScoringRule:
    rule = draft(viewer().actor.supplier_id, data)
    if saved:
        rule.id, rule.rule_order = saved.id, saved.rule_order
    check_rule(session, rule)
    return rule


def _test(session: Session, words: str, rule: ScoringRule, rules: RuleSet) -> Tested | None:
    """The lead that the words name: by its id, or the one chosen of those that a search finds."""
    if not words.strip():
        return None
    lead_id, others = _find(session, words.strip())
    now = clock.now()
    found = explain(session, lead_id, now, rules)
    return Tested(
        lead_id,
        record.lead(session, lead_id).couple,
        explain(session, lead_id, now).score,
        found,
        next((line for line in found.lines if line.rule_id == rule.id), None),
        others,
    )


def _find(session: Session, words: str) -> tuple[UUID, list[Suggestion]]:
    try:
        return record.lead(session, UUID(words)).id, []
    except NotFound:
        raise InvalidInput.of("lead", "unknown", "There is no lead with this id.") from None
    except ValueError:
        found = search.suggest(session, words[:100])
    if not found:
        raise InvalidInput.of("lead", "unknown", "No lead matches; try part of a name or an e-mail.")
    chosen = validate(Chosen, {"lead_id": request.form.get("lead_id")}).lead_id
    return next((one.id for one in found if one.id == chosen), found[0].id), found
