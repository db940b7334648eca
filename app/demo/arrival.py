"""How a couple first comes: by the form, by telephone, at a fair; and who only seems to be one."""

from datetime import datetime

from app.demo import lead_rows, market, places, words
from app.demo.fate import fate, set_aside
from app.demo.inquiries import agree, fill_in_form, touch
from app.demo.people import Couple, couple
from app.demo.plan import Source, Telling
from app.demo.story import Story
from app.demo.visits import marks
from app.models.choices import InteractionType as Kind
from app.models.choices import LeadStatus, TouchpointKind

BY_HAND = {
    "wedding_show": (TouchpointKind.FAIR, 0.75),
    "word_of_mouth": (TouchpointKind.CALL, 1.0),
    "referral": (TouchpointKind.REFERRAL, 0.6),
}
"""Sources whose couples do not all fill in the form: how they come instead, and how many of them."""
SPAM = 0.025
"""Leads that turn out to be advertising."""


def arrive(telling: Telling, number: int, at: datetime) -> Story:
    """The supplier's `number`th lead comes at that moment."""
    dice = telling.dice
    party = couple(dice, number, telling.mailboxes)
    if dice.chance(SPAM):
        return _spam(telling, number, at, party)
    source = _source(telling)
    venue, location, dearness = places.place(dice)
    wedding_on = telling.season.wedding(dice, at) if dice.chance(0.88) else None
    budget = market.budget(dice, dearness)
    lead = lead_rows.blank(telling, number, at, source) | lead_rows.reached_by(dice, party)
    lead |= lead_rows.wishes(dice, wedding_on, venue, location, budget)
    story = Story(telling, lead, party, fate(telling, at, wedding_on, market.odds(source.slug, budget)))
    kind, share = BY_HAND.get(source.slug, (None, 0.0))
    if kind and dice.chance(share):
        _write_down(story, kind)
    else:
        _fill_in(story, words.inquiry(dice, lead))
    return story


def arrive_again(telling: Telling, number: int, at: datetime, known: Story) -> Story:
    """The partner of a couple we know writes from another address: a duplicate, once seen by a person."""
    lead = lead_rows.blank(telling, number, at, telling.stage.sources["website"])
    lead |= {name: known.lead[name] for name in (*lead_rows.COUPLE, "services_needed")}
    lead["primary_email"] = known.couple.partner_email
    story = Story(telling, lead, known.couple, set_aside(telling, at, LeadStatus.DUPLICATE))
    if story.fate.path[1][1] <= telling.now:
        lead["duplicate_of_id"] = known.id
    _fill_in(story, words.inquiry(telling.dice, lead))
    return story


def _spam(telling: Telling, number: int, at: datetime, party: Couple) -> Story:
    lead = lead_rows.blank(telling, number, at, telling.stage.sources["website"])
    lead |= {"couple_name_bride": party.bride, "primary_email": party.email}
    story = Story(telling, lead, party, set_aside(telling, at, LeadStatus.SPAM))
    _fill_in(story, telling.dice.choice(words.SPAM))
    return story


def _source(telling: Telling) -> Source:
    known = [slug for slug in market.HABITS if slug in telling.stage.sources]
    slug = telling.dice.choices(known, [market.HABITS[slug].weight for slug in known])[0]
    return telling.stage.sources[slug]


def _fill_in(story: Story, message: str) -> None:
    at, lead = story.created_at, story.lead
    visit = marks(story.dice, story.source.slug, at)
    lead["additional_notes"] = message
    if story.telling.is_full:
        lead["source_details"] = visit.context
    agree(story, at, visit.channel, 0.35)
    fill_in_form(story, at, visit, message)
    _begin(story, at)


def _write_down(story: Story, kind: TouchpointKind) -> None:
    """Met at a fair or rung up: a member of the team makes the lead."""
    lead = story.lead
    at, by = story.created_at, story.member.user_id
    lead["additional_notes"] = words.after_call(story.dice)
    if kind is TouchpointKind.CALL:
        lead["primary_phone"] = story.couple.phone
        lead["primary_email"] = lead["primary_email"] if story.dice.chance(0.6) else None
    agree(story, at, "user", 0.1)
    if story.telling.is_full:
        touch(story, at, kind, story.source.slug)
    story.log(Kind.NOTE_ADDED, at, "Lead added by hand", content=lead["additional_notes"], user_id=by)
    if kind is TouchpointKind.REFERRAL:
        story.log(Kind.REFERRAL_RECEIVED, at, "Recommended by a past couple", user_id=by)
    _begin(story, at)


def _begin(story: Story, at: datetime) -> None:
    story.move(LeadStatus.NEW, at)
    story.log(Kind.SCORE_UPDATED, at, "Score")  # the batch writes the result, once PostgreSQL has it
