"""Rule sets to begin with, for each trade, and the three rules that every supplier starts with.

Their points are a starting opinion: a lead that has everything comes to about 100. What a supplier's own
history says about them, calibration and suggestions tell.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.kernel import audit
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.models.choices import CriteriaOperator as Op
from app.models.choices import Trade
from app.models.scoring import RuleGroup, ScoringRule
from app.models.sources import LeadSource
from app.scoring.changing import Deed, RulesChanged, change, has_room
from app.scoring.checks import check_rule, values_of
from app.scoring.drafts import draft
from app.scoring.rules import in_order, next_place
from app.scoring.schemas import LAST_PLACE, MOST_GROUPS, MOST_RULES, GroupWrite, RuleWrite

INTEREST = GroupWrite(group_name="Interest", least_points=0, most_points=20)
"""What a couple does, together no more than a fifth of the score."""


@dataclass(frozen=True)
class ReadyMade:
    """A set of rules; those in `interest` stand in the group of that name."""

    key: Trade
    about: str
    rules: tuple[RuleWrite, ...]
    interest: tuple[RuleWrite, ...] = ()

    @property
    def count(self) -> int:
        return len(self.rules) + len(self.interest)


def _rule(
    name: str, asked: tuple[str, Op, str], points: int, why: str = "", *, fades: int | None = None
) -> RuleWrite:
    """`asked` is the field, how it is compared, and with what; `fades` the half-life in weeks."""
    field, op, value = asked
    return RuleWrite(
        rule_name=name,
        rule_description=why or None,
        criteria_field=field,
        criteria_operator=op,
        criteria_value=value,
        score_adjustment=points,
        half_life_weeks=fades,
    )


def _referred(points: int) -> RuleWrite:
    asked = ("lead_source", Op.IN_LIST, "referral,word_of_mouth")
    return _rule("Came by referral or word of mouth", asked, points, "Someone already recommended you.")


STARTING_RULES = (
    _rule(
        "Budget over 2,500",
        ("estimated_budget", Op.GREATER_THAN, "2500"),
        30,
        "Couples who plan to spend more book more often.",
    ),
    _rule(
        "Wedding within 18 months",
        ("days_until_wedding", Op.BETWEEN, "1,548"),
        25,
        "A near date is a real date.",
    ),
    _referred(20),
)
"""The three rules a new supplier starts with."""

_DATE = (
    _rule("The date is free", ("date_is_free", Op.EQUALS, "true"), 15, "You can say yes."),
    _rule("The date is taken", ("date_is_free", Op.EQUALS, "false"), -50, "You would have to say no."),
    _rule("The wedding is over", ("days_until_wedding", Op.LESS_THAN, "0"), -100),
)
_INTEREST = (
    _rule("Wrote back", ("replies_30d", Op.GREATER_THAN, "0"), 15, "Who answers is choosing.", fades=4),
    _rule("Clicked in an e-mail", ("human_clicks_30d", Op.GREATER_THAN, "0"), 8, fades=4),
    _rule("Opened several e-mails", ("email_opens", Op.GREATER_THAN, "2"), 4, fades=4),
)
_PHONE = _rule(
    "Gave a phone number", ("primary_phone", Op.IS_SET, ""), 5, "Who gives a number wants to talk."
)

READY_MADE = {
    one.key: one
    for one in (
        ReadyMade(
            Trade.PHOTOGRAPHER,
            "A free day, a budget for your packages, and a couple that writes back.",
            (
                *_DATE,
                _rule("Budget over 2,000", ("estimated_budget", Op.GREATER_THAN, "2000"), 15),
                _rule("Budget over 4,000", ("estimated_budget", Op.GREATER_THAN, "4000"), 10),
                _rule("Budget under 1,000", ("estimated_budget", Op.LESS_THAN, "1000"), -15),
                _rule("Wedding in 2 to 18 months", ("days_until_wedding", Op.BETWEEN, "60,548"), 15),
                _referred(15),
                _rule("The venue is settled", ("wedding_venue", Op.IS_SET, ""), 5),
                _PHONE,
            ),
            _INTEREST,
        ),
        ReadyMade(
            Trade.VENUE,
            "A free day, a party that fits your rooms, and time enough to plan.",
            (
                *_DATE,
                _rule("50 to 150 guests", ("estimated_guest_count", Op.BETWEEN, "50,150"), 20),
                _rule("Over 200 guests", ("estimated_guest_count", Op.GREATER_THAN, "200"), -20),
                _rule("Budget over 8,000", ("estimated_budget", Op.GREATER_THAN, "8000"), 15),
                _rule("Wedding in 6 to 24 months", ("days_until_wedding", Op.BETWEEN, "180,730"), 15),
                _referred(10),
                _PHONE,
            ),
            _INTEREST,
        ),
        ReadyMade(
            Trade.FLORIST,
            "A settled venue, a budget for flowers, and a day you can still prepare.",
            (
                *_DATE,
                _rule("Budget over 1,200", ("estimated_budget", Op.GREATER_THAN, "1200"), 15),
                _rule("Budget over 3,000", ("estimated_budget", Op.GREATER_THAN, "3000"), 10),
                _rule("Wedding in 1 to 12 months", ("days_until_wedding", Op.BETWEEN, "30,365"), 15),
                _rule("Less than three weeks left", ("days_until_wedding", Op.BETWEEN, "0,20"), -15),
                _rule("The venue is settled", ("wedding_venue", Op.IS_SET, ""), 10, "You know the room."),
                _referred(15),
            ),
            _INTEREST,
        ),
        ReadyMade(
            Trade.CATERER,
            "A number of guests that pays, a known kitchen, and a couple that answers.",
            (
                *_DATE,
                _rule("60 to 200 guests", ("estimated_guest_count", Op.BETWEEN, "60,200"), 20),
                _rule("Under 30 guests", ("estimated_guest_count", Op.LESS_THAN, "30"), -15),
                _rule("Budget over 4,000", ("estimated_budget", Op.GREATER_THAN, "4000"), 15),
                _rule("Wedding in 2 to 18 months", ("days_until_wedding", Op.BETWEEN, "60,548"), 10),
                _rule("The venue is settled", ("wedding_venue", Op.IS_SET, ""), 10, "You know the kitchen."),
                _referred(10),
            ),
            _INTEREST,
        ),
    )
}  # fmt: skip


def ready_made(key: str) -> ReadyMade:
    """The set for that trade; NotFound."""
    found = READY_MADE.get(Trade(key)) if key in set(Trade) else None
    if found is None:
        raise NotFound("ready-made rule set")
    return found


def take_ready_made(actor: Actor, key: str, *, instead: bool) -> RulesChanged:
    """Add the set's rules behind those there are, or have them `instead`; groups stay. NotFound; Conflict
    beyond 200 rules. A source that the supplier does not have is left out of its rule."""
    wanted = ready_made(key)

    def take(session: Session) -> Deed:
        for rule in session.scalars(in_order()) if instead else ():
            audit.record(session, actor, "deleted", rule, audit.Change(before=values_of(rule)))
            session.delete(rule)
        session.flush()
        _add(session, actor, wanted)
        done = "Replaced all rules by" if instead else "Added"
        return Deed(f"{done} the set for a {wanted.key}")

    return change(actor, take)


def seed(session: Session, supplier_id: UUID) -> None:
    """The starting rules, unless the supplier has rules already."""
    if session.execute(select(ScoringRule.id).limit(1)).first():
        return
    for place, data in enumerate(STARTING_RULES):
        rule = draft(supplier_id, data)
        rule.id, rule.rule_order = uuid7(), place
        session.add(rule)
    session.flush()


def _add(session: Session, actor: Actor, wanted: ReadyMade) -> None:
    slugs = set(session.scalars(select(LeadSource.slug)))
    rules = [*_known(wanted.rules, slugs), *_known(wanted.interest, slugs)]
    has_room(session, ScoringRule, MOST_RULES, "rules", len(rules))
    group_id = _interest(session, actor) if wanted.interest else None
    for place, data in enumerate(rules, next_place(session)):
        rule = draft(actor.supplier_id, data)
        rule.rule_order = min(place, LAST_PLACE)
        rule.rule_group_id = group_id if data in wanted.interest else None
        check_rule(session, rule)
        session.add(rule)
        audit.record(session, actor, "created", rule, audit.Change(after=values_of(rule)))


def _known(rules: tuple[RuleWrite, ...], slugs: set[str]) -> Iterator[RuleWrite]:
    for rule in rules:
        if rule.criteria_field != "lead_source":
            yield rule
        elif there := [slug for slug in rule.criteria_value.split(",") if slug in slugs]:
            yield rule.model_copy(update={"criteria_value": ",".join(there)})


def _interest(session: Session, actor: Actor) -> UUID:
    """The group of that name; made when there is none."""
    same = func.lower(RuleGroup.group_name) == INTEREST.group_name.lower()
    found = session.scalars(select(RuleGroup).where(same)).first()
    if found:
        return found.id
    has_room(session, RuleGroup, MOST_GROUPS, "groups")
    group = RuleGroup(supplier_id=actor.supplier_id, id=uuid7(), **INTEREST.model_dump())
    session.add(group)
    session.flush()
    audit.record(session, actor, "created", group, audit.Change(after=INTEREST.model_dump()))
    return group.id
