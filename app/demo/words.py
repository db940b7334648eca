"""What couples write and what the studio notes."""

from app.demo.people import Couple
from app.demo.plan import Dice, Row

_OPENINGS = (
    "We are getting married",
    "We have just got engaged and plan to marry",
    "My partner and I are planning our wedding",
    "We are looking for a photographer for our wedding",
)
_WISHES = (
    "We love relaxed, natural pictures and would rather not pose all day.",
    "Could you tell us your packages and whether an album is included?",
    "We saw the barn wedding on your website and fell in love with the light.",
    "There will be a ceremony at two and dancing until late; do you stay for the first dance?",
    "It is a small wedding, close family only, so half a day may be enough.",
    "We would also like an engagement shoot in the spring.",
    "My cousin booked you two years ago and still shows everybody her album.",
    "Our families travel far, so group pictures matter to us.",
    "Do you work with a second photographer?",
    "We are quite nervous in front of a camera. Is that something you can help with?",
)
_ANSWERS = (
    "Thank you for the quick answer! Thursday evening would suit us for a call.",
    "That sounds lovely. Could you send us the full price list?",
    "Thanks, we have looked at the galleries together and would like to talk.",
    "We are seeing two other photographers this week and will come back to you.",
    "Yes please, hold the date for us if you can.",
)
_AFTER_CALL = (
    "Lovely couple. They want reportage, no long group session. Ceremony at 2 pm.",
    "Budget is firm. Interested in the small package with an album.",
    "Decision by the end of the month; her mother pays for the photographs.",
    "They liked the winter gallery. Second photographer would be welcome.",
    "Asked about drone pictures; told them what the venue allows.",
    "Compared us with two others; we are the dearer one, they like the style best.",
)
_LOST = {
    "price": "Found us too dear; a smaller package did not help.",
    "date_unavailable": "The day was taken already. Recommended a colleague.",
    "chose_competitor": "Booked somebody else who answered first.",
    "no_response": "No answer after several tries.",
    "wedding_cancelled": "The wedding is off.",
    "other": "A friend of the family takes the pictures.",
}
SPAM = (
    "We offer first page ranking for your website, ask for our price.",
    "Buy 10,000 followers today and grow your business fast.",
    "Business loan approved, no checks, answer within 24 hours.",
)


def inquiry(dice: Dice, lead: Row) -> str:
    """A couple's message, two or three sentences."""
    where = f" at {lead['wedding_venue']}" if lead["wedding_venue"] else ""
    first, second = dice.sample(_WISHES, 2)
    asked = f"{dice.choice(_OPENINGS)}{where}. {first}"
    return f"{asked} {second}" if dice.chance(0.5) else asked


def answer(dice: Dice) -> str:
    return dice.choice(_ANSWERS)


def after_call(dice: Dice) -> str:
    return dice.choice(_AFTER_CALL)


def first_letter(couple: Couple, signed: str) -> str:
    """The studio's personal answer."""
    return (
        f"Hello {couple.first} and {couple.partner},\n\nthank you for writing to us. We would love to hear "
        f"more about your day. Have you ten minutes for a call this week?\n\n{signed}"
    )


def lost(reason: str | None) -> str | None:
    return _LOST.get(reason or "")
