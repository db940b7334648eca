"""A supplier is opened, staffed and set up, before its first lead."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from app.accounts.service import add_member, create_user
from app.demo import market, people
from app.demo.plan import Campaign, Dice, Member, Plan, Source, Stage
from app.demo.season import HISTORY
from app.demo.stay_in_touch import set_up
from app.kernel.actor import Role
from app.kernel.uow import unit_of_work
from app.kernel.zones import day_of, zone
from app.models.accounts import Membership, Supplier, Team, User
from app.models.capture import CaptureForm
from app.models.choices import Trade
from app.models.nurture import EmailTemplate, NurtureSequence, SequenceStep
from app.models.sources import LeadSource, SourceCost
from app.nurture.engine.facts import Calendar
from app.nurture.snapshots import read_sequences
from app.workflows.open_supplier import NewSupplier, open_supplier

COMMISSIONS = {"referral": Decimal("0.05")}
BACKDATED = (
    "capture_forms",
    "email_templates",
    "lead_scoring_rules",
    "lead_sources",
    "memberships",
    "nurture_sequences",
    "teams",
)


def open_house(plan: Plan, number: int, password: str) -> Stage:
    """The `number`th supplier (0 is the one people sign in to), with its team, costs and sequences."""
    name, (owner, email) = people.STUDIO, people.OWNER
    if number:
        name, email = f"{name} {number + 1}", f"owner{number + 1}@{people.DOMAIN}"
    opened = open_supplier(
        NewSupplier(name=name, email=email, password=password, full_name=owner, trade=Trade.PHOTOGRAPHER)
    )
    with unit_of_work(opened.supplier_id) as session:
        supplier = session.get_one(Supplier, opened.supplier_id)
        supplier.sender_name = owner
        _staff(session, supplier.id, opened.user_id, password)
        _pay_for_sources(session, plan, supplier)
        set_up(session, supplier.id)
        _backdate(session, plan, supplier)
        session.flush()
        return _stage(session, supplier)


def _staff(session: Session, supplier_id: UUID, owner_id: UUID, password: str) -> None:
    """The colleagues work for every demo supplier; they are made with the first."""
    teams = {name: Team(supplier_id=supplier_id, name=name) for name in people.TEAMS}
    session.add_all(teams.values())
    session.flush()
    for name, email, role, team in people.COLLEAGUES:
        known = session.scalar(select(User).where(User.email == email))
        user = known or create_user(session, email=email, password=password, full_name=name)
        add_member(session, supplier_id, user.id, role).team_id = teams[team].id
    session.get_one(Membership, (supplier_id, owner_id)).team_id = teams[people.TEAMS[0]].id


def _pay_for_sources(session: Session, plan: Plan, supplier: Supplier) -> None:
    dice = Dice(f"{plan.seed}/costs")
    sources = {source.slug: source for source in session.scalars(select(LeadSource))}
    rows = []
    for slug, habit in market.HABITS.items():
        sources[slug].commission_rate = COMMISSIONS.get(slug)
        for first, last in _months(plan, supplier):
            if (amount := market.monthly_cost(dice, habit, first)) is not None:
                ids = {"supplier_id": supplier.id, "source_id": sources[slug].id}
                rows.append({**ids, "period_start": first, "period_end": last, "amount": amount})
    session.execute(insert(SourceCost), rows)


def _months(plan: Plan, supplier: Supplier) -> list[tuple[date, date]]:
    """First and last day of each month of the history; the present one up to today."""
    where = zone(supplier.timezone)
    today, first = day_of(plan.now, where), day_of(plan.now - HISTORY, where).replace(day=1)
    months = []
    while first <= today:
        following = (first + timedelta(days=32)).replace(day=1)
        months.append((first, min(following - timedelta(days=1), today)))
        first = following
    return months


def _backdate(session: Session, plan: Plan, supplier: Supplier) -> None:
    """The house is older than its leads."""
    session.flush()
    moment = {"moment": plan.now - HISTORY - timedelta(days=1)}
    session.execute(text("update suppliers set created_at = :moment"), moment)
    for table in BACKDATED:
        session.execute(text(f"update {table} set created_at = :moment"), moment)  # noqa: S608 - our own words


def _stage(session: Session, supplier: Supplier) -> Stage:
    form = session.scalars(select(CaptureForm).order_by(CaptureForm.id)).one()
    taking = select(Membership, User.full_name).join(User, User.id == Membership.user_id)
    taking = taking.where(Membership.takes_leads, Membership.role != Role.VIEWER).order_by(User.full_name)
    members = tuple(Member(row.user_id, name, row.team_id) for row, name in session.execute(taking))
    sources = {
        row.slug: Source(row.id, row.slug, row.commission_rate) for row in session.scalars(select(LeadSource))
    }
    campaigns = _campaigns(session)
    session.refresh(supplier)
    session.expunge_all()
    return Stage(
        supplier=supplier,
        calendar=Calendar(zone(supplier.timezone), frozenset(supplier.holidays)),
        form_id=form.id,
        form_name=form.name,
        wording_version=form.consent_version,
        members=members,
        sources=sources,
        campaigns=campaigns,
    )


def _campaigns(session: Session) -> tuple[Campaign, ...]:
    rows = session.scalars(select(NurtureSequence).order_by(NurtureSequence.sequence_name.desc())).all()
    sequences = read_sequences(session, rows)
    mails = select(SequenceStep.sequence_id, SequenceStep.id, EmailTemplate).join(
        EmailTemplate,
        (EmailTemplate.supplier_id == SequenceStep.supplier_id)
        & (EmailTemplate.id == SequenceStep.email_template_id),
    )
    templates = session.execute(mails).all()
    return tuple(
        Campaign(
            row.id,
            row.sequence_name,
            sequences[row.id],
            {step: mail for of, step, mail in templates if of == row.id},
        )
        for row in rows
    )
