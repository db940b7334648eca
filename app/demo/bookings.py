"""A booking: its value and who earned it, the money that follows, and the day in the book."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from app.demo import market
from app.demo.credits import credit
from app.demo.plan import Row
from app.demo.story import Story
from app.kernel.money import quantize
from app.models.choices import AttributionModel, ConversionType, DateState
from app.models.choices import InteractionType as Kind

DEPOSIT = Decimal("0.25")


def book(story: Story, at: datetime) -> None:
    """The couple books: the value is recognised now, once. Payments and the day itself follow in time."""
    lead = story.lead
    value = market.price(story.dice, lead["estimated_budget"])
    lead["converted_at"], lead["conversion_value"] = at, value
    enter_date(story, at, DateState.BOOKED)
    conversion = _convert(story, at, ConversionType.BOOKING_CONFIRMED, value)
    for part in credit(value, story.touches, at, lead["lead_source"]):
        story.write(
            "conversion_credits",
            at,
            conversion_id=conversion["id"],
            source_id=story.telling.stage.sources[part.slug].id,
            source_name=part.slug,
            model=part.model,
            share=part.share,
            amount=part.amount,
        )
    _be_paid(story, at, value)


def _convert(story: Story, at: datetime, kind: ConversionType, value: Decimal) -> Row:
    recognised = kind is ConversionType.BOOKING_CONFIRMED
    seen = sorted(touch for touch in story.touches if touch[0] <= at)
    rate = story.source.commission_rate
    return story.add(
        "lead_conversions",
        at,
        conversion_type=kind,
        conversion_value=value,
        conversion_date=at,
        first_touch_source=seen[0][1] if seen else story.lead["lead_source"],
        last_touch_source=seen[-1][1] if seen else story.lead["lead_source"],
        touch_points_count=len(seen),
        attribution_model=AttributionModel.LAST_TOUCH,
        days_to_conversion=(at - story.created_at).days,
        total_interactions=sum(moment <= at for moment in story.counted),
        nurture_sequences_completed=sum(moment <= at for moment in story.completed),
        attributed_revenue=value if recognised else None,
        commission_amount=quantize(value * rate) if rate and recognised else None,
        created_at=at,
    )


def _be_paid(story: Story, at: datetime, value: Decimal) -> None:
    wedding = datetime.combine(story.lead["wedding_date"], time(11), UTC)
    deposit = quantize(value * DEPOSIT)
    deposit_at = at + timedelta(days=story.dice.uniform(0.2, 4))
    rest_at = max(wedding - timedelta(days=30), deposit_at + timedelta(hours=5))
    milestones = (
        (deposit_at, ConversionType.DEPOSIT_PAID, deposit, "Deposit received"),
        (rest_at, ConversionType.FULL_PAYMENT, value - deposit, "Balance received"),
    )
    for moment, kind, amount, subject in milestones:
        if moment <= story.now:
            _convert(story, moment, kind, amount)
            by = story.member.user_id
            story.log(Kind.PAYMENT_RECEIVED, moment, subject, metadata={"amount": str(amount)}, user_id=by)
    if max(wedding, rest_at) <= story.now:
        _convert(story, max(wedding, rest_at), ConversionType.SERVICE_COMPLETED, Decimal(0))


def enter_date(story: Story, at: datetime, state: DateState, held_until: datetime | None = None) -> None:
    """Hold or book the wedding date in the supplier's calendar."""
    story.add(
        "date_entries",
        at,
        on_date=story.lead["wedding_date"],
        state=state,
        note=None,
        held_until=held_until,
        services=story.lead["services_needed"],
        created_at=at,
    )
