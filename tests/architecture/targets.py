"""Something real for every address to point at: ids and tokens of the house, and bodies that are right."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update
from uuid_utils.compat import uuid7

from app.accounts import calendar, invitations, keys, sessions, team
from app.accounts.schemas import NewApiKey, TeamName
from app.accounts.service import add_member, create_user
from app.capture.schemas import InquiryForm, Submission, VisitContext
from app.conversions.schemas import ConvertLead
from app.kernel import clock, signing
from app.kernel.actor import Permission, Role
from app.kernel.uow import reading, unit_of_work
from app.leads.schemas import LeadCreate, SavedViewWrite, TaskCreate
from app.leads.views import create_view
from app.messaging import suppression_list
from app.messaging.links import click_url, pixel_url, preferences_url, unsubscribe_url
from app.messaging.senders.domains import DomainWrite, add_domain, domains, remove_domain
from app.messaging.suppression_list import SuppressionCreate
from app.messaging.templates.queries import listed, uses
from app.messaging.templates.schemas import EmailTemplateWrite, SmsTemplateWrite, TaskTemplateWrite
from app.messaging.templates.service import create_template, delete_template
from app.models.accounts import SignInSession
from app.models.capture import DateEntry
from app.models.choices import (
    Channel,
    ConversionType,
    DateState,
    InquiryChannel,
    MessageClass,
    MessageState,
    StepType,
)
from app.models.messaging import Message
from app.models.nurture import (
    EmailTemplate,
    Enrollment,
    NurtureSequence,
    SequenceStep,
    SmsTemplate,
    TaskTemplate,
)
from app.nurture.authoring.sequences import delete_sequence
from app.scoring import groups, rules
from app.scoring.rescoring import ask_rescore
from app.scoring.schemas import AdjustmentWrite, GroupWrite, RuleWrite
from app.workflows.adjust_score import adjust_score
from app.workflows.convert_lead import convert_lead
from app.workflows.create_lead import create_lead
from app.workflows.create_task import create_task
from app.workflows.enroll_lead import enroll_lead
from app.workflows.merge_leads import merge_leads
from app.workflows.submit_inquiry import submit_inquiry
from tests.cast import House, Person
from tests.factories.nurture import make_sequence
from tests.surfaces.accounts.test_settings_pages import PROFILE
from tests.surfaces.widget.door import Door, door_of


@dataclass(frozen=True)
class Targets:
    """Makes rows of the house, each one fresh: the last caller may have deleted the one before."""

    app: Flask
    house: House

    def path(self, route: str, person: Person | None) -> str:
        """The route with something real in each place; a sign-in is `person`'s or our owner's."""
        filled = route
        for place in places(route):
            with self.app.app_context():
                filled = filled.replace(f"<{place}>", self.value(route, place, person or self.house.owner))
        return filled + QUERIES.get(route, lambda _: "")(self)

    def value(self, route: str, place: str, person: Person) -> str:
        makers: dict[str, Callable[[], object]] = {
            "lead_id": self._lead,
            "other_id": self._lead,
            "field": lambda: "priority",
            "view_id": lambda: self._view(route, person),
            "inquiry_id": self._inquiry,
            "entry_id": self._blocked_day,
            "calendar_key": self._calendar_key,
            "message_id": lambda: self._message(held="decision" in route),
            "held_id": lambda: self._message(held=True),
            "enrollment_id": self._enrollment,
            "suppression_id": self._suppression,
            "suppressed": self._suppressed,
            "task_id": self._task,
            "adjustment_id": self._adjustment,
            "conversion_id": self._conversion,
            "merge_id": lambda: merge_leads(self.house.owner.actor, self._lead(), self._lead()).merge_id,
            "team_id": lambda: team.create_team(self.house.owner.actor, TeamName(name=uuid7().hex)),
            "key_id": self._key,
            "user_id": self._colleague,
            "session_id": lambda: self._sign_in(person),
            "supplier_id": lambda: self.house.supplier_id,
            "rule_id": self._rule,
            "group_id": self._rule_group,
            "rescore_id": lambda: ask_rescore(self.house.owner.actor),
            "number": lambda: 1 if route.startswith("/sequences") else self._version(),
            "trade": lambda: "venue",
            "provider": lambda: "postal",
            "form_key": lambda: self.door.key,
            "filename": lambda: "app.css",
            "ready_made_key": lambda: "venue_welcome",
            "sequence_id": lambda: self._sequence(is_on=not route.endswith("/end")),
            "off_id": lambda: self._sequence(is_on=False),
            "step_id": self._step,
            "domain_id": self._domain,
            "sort": lambda: "email",
            "template_id": lambda: self._template("email"),
            "email_template_id": lambda: self._template("email"),
            "sms_template_id": lambda: self._template("sms"),
            "task_template_id": lambda: self._template("task"),
            "shared_view_id": self._shared_view,
            "new_name": _name,
            "assignee_id": lambda: self.house.owner.user_id,
            "token": lambda: self._token(route),
        }
        assert place in makers, f"{route} has <{place}>: say in {__name__} what stands there"
        return str(makers[place]())

    @property
    def door(self) -> Door:
        return door_of(self.app, self.house)

    def body(self, route: str) -> dict[str, Any]:
        """A body that the route takes, as options of a request; nothing where the table says 422."""
        if route in JSON:
            return {"json": JSON[route](self)}
        said = FORMS.get(route, {}).items()
        return {"data": {name: value(self) if callable(value) else value for name, value in said}}

    def _lead(self) -> UUID:
        email = f"couple-{uuid7().hex}@example.com"
        given = LeadCreate(lead_source="website", primary_email=email, wedding_date=date(2031, 6, 1))
        return create_lead(self.house.owner.actor, given).lead_id

    def _suppression(self) -> UUID:
        """One that was added by hand."""
        return suppression_list.add(self.house.owner.actor, SuppressionCreate(address=_address()))

    def _suppressed(self) -> str:
        """The address of another one."""
        address = _address()
        suppression_list.add(self.house.owner.actor, SuppressionCreate(address=address))
        return address

    def _task(self) -> UUID:
        return create_task(self.house.owner.actor, self._lead(), TaskCreate(title="Call"))

    def _adjustment(self) -> UUID:
        return adjust_score(self.house.owner.actor, self._lead(), AdjustmentWrite(**POINTS)).adjustment_id

    def _conversion(self) -> UUID:
        booked = ConvertLead(conversion_type=ConversionType.BOOKING_CONFIRMED, conversion_value=Decimal(900))
        return convert_lead(self.house.owner.actor, self._lead(), booked).conversion_id

    def _shared_view(self) -> UUID:
        return create_view(self.house.owner.actor, SavedViewWrite(name=_name(), is_shared=True))

    def _rule(self) -> UUID:
        """Of the 200 that there may be, the oldest make room."""
        owner = self.house.owner.actor
        with reading(owner.supplier_id) as session:
            there = sorted(rule.id for rule in rules.listed(session))
        for oldest in there[:-100]:
            rules.delete_rule(owner, oldest)
        return rules.create_rule(owner, RuleWrite(**_rule())).id

    def _rule_group(self) -> UUID:
        """Of the 50 that there may be, the oldest make room."""
        owner = self.house.owner.actor
        with reading(owner.supplier_id) as session:
            there = sorted(group.id for group in groups.groups(session))
        for oldest in there[:-30]:
            groups.delete_group(owner, oldest)
        return groups.create_group(owner, GroupWrite(group_name=_name())).id

    def _version(self) -> int:
        """The one before the last."""
        return rules.delete_rule(self.house.owner.actor, self._rule()).version - 1

    def _sequence(self, *, is_on: bool = True) -> UUID:
        """One that no lead enters by itself, beside the others. Of the 200 that there may be, the oldest make
        room."""
        owner = self.house.owner.actor
        with reading(owner.supplier_id) as session:
            there = session.scalars(select(NurtureSequence.id).order_by(NurtureSequence.id)).all()
        for oldest in there[:-100]:
            delete_sequence(owner, oldest)
        tag = {"step_type": StepType.TAG_ASSIGNMENT, "step_content": '{"add": ["barn"]}'}
        name = f"{'On' if is_on else 'Off'} {_name()}"
        made = make_sequence(self.house, [tag], target_lead_sources=["nowhere"], sequence_name=name)
        with unit_of_work(self.house.supplier_id) as session:
            on = NurtureSequence.sequence_name.not_like("Off %")
            session.execute(update(NurtureSequence).values(is_active=on))
        return made

    def _step(self) -> UUID:
        """One of the newest sequence, by the key that it has in every version."""
        newest = select(SequenceStep.step_key).order_by(SequenceStep.sequence_id.desc()).limit(1)
        with reading(self.house.supplier_id) as session:
            return session.execute(newest).scalar_one()

    def _domain(self) -> UUID:
        """Of the ten that there may be, the oldest make room."""
        owner = self.house.owner.actor
        with reading(owner.supplier_id) as session:
            there = sorted(row.id for row in domains(session))
        for oldest in there[:-5]:
            remove_domain(owner, oldest)
        return add_domain(owner, DomainWrite(domain=f"{_name()}.example"))

    def _template(self, kind: str) -> UUID:
        """Of the 200 that there may be, the oldest make room."""
        owner, (model, written) = self.house.owner.actor, TEMPLATES[kind]
        with reading(owner.supplier_id) as session:
            spare = sorted({row.id for row in listed(session, model)} - set(uses(session, model)))
        for oldest in spare[:-100]:
            delete_template(owner, model, oldest)
        return create_template(owner, model, written())

    def _view(self, route: str, person: Person) -> UUID:
        """One of that person's own; for the API one that all share, as a program has none of its own."""
        if route.startswith("/api/"):
            return create_view(self.house.owner.actor, SavedViewWrite(**_shared_view()))
        return create_view(person.actor, SavedViewWrite(name=uuid7().hex))

    def _calendar_key(self) -> str:
        """The one there is: making another ends it."""
        owner = self.house.owner.actor
        with reading(owner.supplier_id) as session:
            key = calendar.key_of(session, owner)
        return key or calendar.make_key(owner)

    def _blocked_day(self) -> UUID:
        entry = DateEntry(
            supplier_id=self.house.supplier_id, on_date=date(2031, 7, 1), state=DateState.BLOCKED
        )
        with unit_of_work(self.house.supplier_id) as session:
            session.add(entry)
            session.flush()
            return entry.id

    def _inquiry(self) -> UUID:
        """One in quarantine."""
        sent = Submission(
            form=InquiryForm(your_name="Emma Clarke", email=_address()), visit=VisitContext(),
            channel=InquiryChannel.WIDGET, idempotency_key=uuid7().hex, honeypot="x", seconds_to_fill=30,
        )  # fmt: skip
        return submit_inquiry(self.door.key, sent).inquiry_id

    def _enrollment(self) -> UUID:
        changed = enroll_lead(self.house.owner.actor, self._lead(), self._sequence())
        with reading(self.house.supplier_id) as session:
            newest = select(Enrollment.id).where(Enrollment.lead_id == changed.lead_id)
            return session.scalars(newest.order_by(Enrollment.id.desc())).first()

    def _message(self, *, held: bool = False) -> UUID:
        message = Message(
            supplier_id=self.house.supplier_id, id=uuid7(), lead_id=self._lead(), channel=Channel.EMAIL,
            message_class=MessageClass.FOLLOW_UP, to_address="a@example.com",
            state=MessageState.HELD if held else MessageState.UNCERTAIN,
            subject="Hello", text_body="Hello", html_body="<p>Hello</p>", due_at=clock.now(),
            links=["https://example.com/"],
        )  # fmt: skip
        with unit_of_work(self.house.supplier_id) as session:
            session.add(message)
            return message.id

    def _key(self) -> UUID:
        return keys.create_api_key(self.house.owner.actor, NewApiKey(name="k", scopes=[Permission.READ]))[
            0
        ].id

    def _colleague(self) -> UUID:
        email = f"colleague-{uuid7().hex}@example.com"
        with unit_of_work(self.house.supplier_id) as session:
            user = create_user(session, email=email, password=uuid7().hex, full_name="Carla Colleague")
            add_member(session, self.house.supplier_id, user.id, Role.VIEWER)
            return user.id

    def _sign_in(self, person: Person) -> UUID:
        with unit_of_work() as session:
            sessions.start(session, person.user_id, sessions.Browser("", None), clock.now())
            session.flush()
            newest = select(SignInSession.id).where(SignInSession.user_id == person.user_id)
            return session.scalars(newest.order_by(SignInSession.id.desc())).first()

    def _token(self, route: str) -> str:
        if route == "/invitation/<token>":
            claims = [str(self.house.supplier_id), f"new-{uuid7().hex}@example.com", Role.MEMBER,
                      str(self.house.owner.user_id)]  # fmt: skip
            return signing.sign(invitations.PURPOSE, claims)
        if route in SIGNED:
            token = SIGNED[route](self.house.supplier_id, self._message()).rpartition("/")[2]
            return token.removesuffix(".gif")
        return "made-up"


TEMPLATES: dict[str, tuple[Any, Callable[[], Any]]] = {
    "email": (
        EmailTemplate,
        lambda: EmailTemplateWrite(name=_name(), subject="Hello", content="<p>Hello</p>"),
    ),
    "sms": (SmsTemplate, lambda: SmsTemplateWrite(name=_name(), content="Hello")),
    "task": (TaskTemplate, lambda: TaskTemplateWrite(name=_name(), title="Call")),
}
SIGNED: dict[str, Callable[[UUID, UUID], str]] = {
    "/l/<token>": lambda supplier_id, message_id: click_url(supplier_id, message_id, 0),
    "/o/<token>.gif": pixel_url,
    "/preferences/<token>": preferences_url,
    "/unsubscribe/<token>": unsubscribe_url,
}
"""Addresses that stand in messages."""


def places(route: str) -> list[str]:
    """The names between angle brackets."""
    return [piece.partition(">")[0] for piece in route.split("<")[1:]]


def _name(_targets: object = None) -> str:
    return uuid7().hex


def _shared_view() -> dict[str, Any]:
    return {"name": _name(), "is_shared": True}


def _rule() -> dict[str, Any]:
    return {
        "rule_name": _name(), "criteria_field": "wedding_venue", "criteria_operator": "contains",
        "criteria_value": "barn", "score_adjustment": 5,
    }  # fmt: skip


def _address(_targets: object = None) -> str:
    return f"new-{uuid7().hex}@example.com"


def _next_week(_targets: object = None) -> str:
    return (clock.now() + timedelta(days=7)).date().isoformat()


def _open_day(_targets: object = None) -> str:
    return (date(2032, 1, 1) + timedelta(days=uuid7().int % 50_000)).isoformat()


PASSWORD = "a fine new passphrase"
CALL = {"step_name": "Call", "step_type": "phone_call"}
STEP = {
    "delay_amount": "2", "delay_unit": "days", "side": "after", "anchor": "previous_step",
    "send_time": "09:00",
}  # fmt: skip
TAG = STEP | {"step_name": "Tag", "step_type": "tag_assignment", "add": "barn"}
CALL_STEP = STEP | CALL | {"priority": "high", "due_in_days": "0"}
POINTS = {"points": 5, "reason": "Met at a fair"}
FORMS: dict[str, dict[str, Any]] = {
    "/outbox/<message_id>/settle": {"verdict": "arrived"},
    "/leads/messages/<message_id>/decision": {"decision": "approve"},
    "/leads/sequences/<enrollment_id>": {"act": "pause"},
    "/leads/sequences/<enrollment_id>/steps/<step_id>": {"act": "skip"},
    "/account": {"full_name": "Somebody"},
    "/account/notices": {"wants_digest": "y"},
    "/calendar/blocks": {"on_date": _open_day},
    "/calendar/holds/<lead_id>": {"until": _next_week},
    "/suppressions": {"channel": "email", "address": _address},
    "/suppressions/<suppression_id>/remove": {"reason": "They asked us."},
    "/suppressions/look-up": {"channel": "email", "address": _address},
    "/tasks/<task_id>": {"title": "Call them again", "priority": "high"},
    "/tasks/<task_id>/snooze": {"later": "tomorrow"},
    "/tasks/for/<lead_id>": {"title": "Call them", "priority": "high"},
    "/f/<form_key>": {
        "your_name": "Emma Clarke", "email": _address, "idempotency_key": _name,
        "token": lambda targets: targets.door.token(),
    },
    "/invitation/<token>": {"full_name": "Nora New", "password": PASSWORD},
    "/leads/<lead_id>/adjustments": POINTS,
    "/leads/<lead_id>/automation": {"paused": "yes"},
    "/leads/<lead_id>/convert": {"conversion_type": "booking_confirmed", "conversion_value": "900"},
    "/leads/<lead_id>/details": {"group": "notes", "additional_notes": "Peonies."},
    "/leads/<lead_id>/entries": {"kind": "note", "interaction_content": "They called."},
    "/leads/<lead_id>/handling": {"assigned_to_user_id": "", "priority_level": "high", "quality_rating": ""},
    "/leads/<lead_id>/merge/<other_id>": {"keep": "this"},
    "/leads/<lead_id>/sequences": {
        "nurture_sequence_id": lambda targets: targets.path("<sequence_id>", None),
    },
    "/leads/<lead_id>/status": {"lead_status": "contacted"},
    "/leads/<lead_id>/tags": {"add": "June"},
    "/leads/tasks/<task_id>": {"title": "Call them", "priority": "high", "assigned_to_user_id": ""},
    "/leads/tasks/<task_id>/done": {"done": "yes"},
    "/leads/<lead_id>/change/<field>": {"priority_level": "urgent"},
    "/leads/bulk": {"action": "add_tag", "tag": _name, "ids": str(UUID(int=1))},
    "/leads/new": {"lead_source": "wedding_show", "primary_email": _address},
    "/leads/views": {"name": _name, "here": "/leads?status=new"},
    "/leads/views/<view_id>": {"name": _name, "here": "/leads"},
    "/scoring/booking-chance": {"shown": "yes"},
    "/scoring/groups/<group_id>": {"group_name": _name, "most_points": "20"},
    "/scoring/groups/new": {"group_name": _name, "most_points": "20"},
    "/scoring/ready-made/<trade>": {"how": "instead"},
    "/scoring/rules/<rule_id>": _rule(),
    "/scoring/rules/<rule_id>/move": {"to": "up"},
    "/scoring/rules/new": _rule(),
    "/scoring/rules/order": {"rule_ids": lambda targets: targets.path("<rule_id>", None)},
    "/sequences/<sequence_id>/moves": {"version": "1"},
    "/sequences/<sequence_id>/settings": {
        "sequence_name": _name, "sequence_type": "nurture", "priority_level": "3",
    },
    "/sequences/<sequence_id>/steps/<step_id>": TAG,
    "/sequences/<sequence_id>/steps/<step_id>/move": {"to": "up"},
    "/sequences/<sequence_id>/steps/new": CALL_STEP,
    "/sequences/new": {"sequence_name": _name, "sequence_type": "nurture"},
    "/settings": PROFILE,
    "/settings/api-keys": {"name": "k", "scopes": "read", "expires_in_days": ""},
    "/settings/inquiry-form": {"heading": "Ask us", "thanks": "Thank you.", "consent_wording": "You may."},
    "/settings/sending": {"sender_name": "Olive", "daily_message_cap": "1", "weekly_message_cap": "3"},
    "/settings/sending/domains": {"domain": lambda _targets: f"{_name()}.example"},
    "/settings/team/<user_id>/availability": {"team_id": "", "takes_leads": "y"},
    "/settings/team/<user_id>/role": {"role": "member"},
    "/settings/team/invitations": {"email": _address, "role": "viewer"},
    "/settings/team/teams": {"new-name": _name},
    "/settings/teams/<team_id>": {"name": _name},
    "/templates/<sort>/<template_id>": {"name": _name, "subject": "Hello", "content": "Hello"},
    "/templates/<sort>/new": {"name": _name, "subject": "Hello", "content": "Hello"},
    "/templates/<sort>/preview": {"name": _name, "subject": "Hello", "content": "Hello"},
    "/sign-up": {
        "name": "New Venue", "trade": "venue", "full_name": "Nora New", "email": _address,
        "password": PASSWORD, "timezone": "Europe/London", "currency": "GBP",
    },
}  # fmt: skip
QUERIES: dict[str, Callable[[Targets], str]] = {
    "/api/leads/analytics": lambda _targets: "?start_date=2026-01-01&end_date=2026-01-31",
    "/api/nurture-sequences/<sequence_id>/differences": lambda _targets: "?before=1&after=1",
    "/api/nurture-sequences/<sequence_id>/dry-run": lambda targets: targets.path("?lead_id=<lead_id>", None),
    "/sequences/<sequence_id>/compare": lambda _targets: "?first=1&second=1",
    "/demo-site/": lambda targets: f"?form={targets.door.key}",
    "/demo-site/contact": lambda targets: f"?form={targets.door.key}",
    "/graphql": lambda _targets: "?query={viewer{kind}}",
}
JSON: dict[str, Callable[[Targets], Any]] = {
    "/api/enrollments/<enrollment_id>/send-now": lambda _targets: {},
    "/api/enrollments/<enrollment_id>/skip": lambda _targets: {},
    "/api/messages/<message_id>/decision": lambda _targets: {"decision": "approve"},
    "/api/lead-scoring/groups": lambda _targets: {"group_name": _name()},
    "/api/lead-scoring/groups/<group_id>": lambda _targets: {"group_name": _name()},
    "/api/lead-scoring/preview": lambda _targets: {"rule": _rule()},
    "/api/lead-scoring/ready-made": lambda _targets: {"trade": "venue", "instead": True},
    "/api/lead-scoring/rules": lambda _targets: _rule(),
    "/api/lead-scoring/rules/<rule_id>": lambda _targets: {"rule_name": _name()},
    "/api/lead-scoring/rules/order": lambda targets: {"rule_ids": [targets.path("<rule_id>", None)]},
    "/api/leads": lambda _targets: {"lead_source": "website", "primary_email": _address()},
    "/api/leads/<lead_id>": lambda _targets: {"tags": [_name()]},
    "/api/leads/<lead_id>/convert": lambda _targets: {
        "conversion_type": "deposit_paid",
        "conversion_value": 100,
    },
    "/api/leads/<lead_id>/merge": lambda targets: {"loser_id": targets.path("<lead_id>", None)},
    "/api/leads/bulk": lambda targets: {
        "action": "add_tag",
        "value": "x",
        "ids": [targets.path("<lead_id>", None)],
    },
    "/api/leads/<lead_id>/interactions": lambda _targets: {"interaction_type": "phone_call"},
    "/api/leads/<lead_id>/score/adjustments": lambda _targets: POINTS,
    "/api/leads/<lead_id>/tasks": lambda _targets: {"title": "Call"},
    "/api/nurture-sequences": lambda _targets: {"sequence_name": _name(), "sequence_type": "nurture"},
    "/api/nurture-sequences/ready-made": lambda _targets: {"key": "venue_welcome"},
    "/api/nurture-sequences/<sequence_id>": lambda _targets: {"priority_level": 3},
    "/api/nurture-sequences/<sequence_id>/copy": lambda _targets: {"sequence_name": _name()},
    "/api/nurture-sequences/<sequence_id>/moves": lambda _targets: {"version": 1},
    "/api/nurture-sequences/<sequence_id>/steps": lambda _targets: CALL,
    "/api/nurture-sequences/<sequence_id>/steps/<step_id>": lambda _targets: {"step_name": _name()},
    "/api/nurture-sequences/<sequence_id>/steps/order": lambda _targets: {"step_keys": []},
    "/api/saved-views": lambda _targets: _shared_view(),
    "/api/saved-views/<view_id>": lambda _targets: _shared_view(),
    "/api/branding": lambda _targets: {"sender_name": _name()},
    "/api/sender-domains": lambda _targets: {"domain": f"{_name()}.example"},
    "/api/suppressions": lambda _targets: {"address": _address()},
    "/api/suppressions/look-up": lambda _targets: {"address": _address()},
    "/api/tasks/<task_id>": lambda _targets: {"title": "Call again"},
    "/api/templates/email": lambda _targets: TEMPLATES["email"][1]().model_dump(),
    "/api/templates/email/<email_template_id>": lambda _targets: {"subject": _name()},
    "/api/templates/email/preview": lambda _targets: {"template": TEMPLATES["email"][1]().model_dump()},
    "/api/templates/sms": lambda _targets: TEMPLATES["sms"][1]().model_dump(),
    "/api/templates/sms/<sms_template_id>": lambda _targets: {"content": _name()},
    "/api/templates/sms/preview": lambda _targets: {"template": TEMPLATES["sms"][1]().model_dump()},
    "/api/templates/task": lambda _targets: TEMPLATES["task"][1]().model_dump(),
    "/api/templates/task/<task_template_id>": lambda _targets: {"title": _name()},
    "/api/templates/task/preview": lambda _targets: {"template": TEMPLATES["task"][1]().model_dump()},
    "/f/<form_key>/inquiries": lambda targets: targets.door.inquiry(),
    "/graphql": lambda _targets: {"query": "{ viewer { kind } }"},
}
