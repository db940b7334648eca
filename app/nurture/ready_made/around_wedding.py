"""Sequences for couples who booked: before the wedding, and after it."""

from typing import Any

from app.models.choices import LeadStatus, MessageClass, SequenceType
from app.nurture.ready_made.shape import ReadyMade, call, email, from_wedding, task, text

OFFER: dict[str, Any] = {
    "message_class": MessageClass.MARKETING,
    "send_days": [2, 3, 4],
    "send_time": "10:00",
}

PRE_WEDDING = ReadyMade(
    SequenceType.PRE_WEDDING,
    "Before the wedding",
    "Takes a couple who booked through the last three months: plans, details, a call, and a word the day "
    "before.",
    (
        email(
            "Before: three months to go",
            "Three months to go",
            "In three months it is {{ wedding_date }}. There is nothing you need to do today; we only want "
            "you to know that you are in our diary and on our minds.",
            "About four weeks before we will ask you for the details. If something changes earlier, the "
            "hour or the place, tell us whenever you know.",
            **from_wedding(-12, send_time="10:00"),
        ),
        email(
            "Before: your details",
            "What we need from you for {{ wedding_date }}",
            "It is nearly time. So that we can look after you without asking on the day, please send us:",
            "<ul>$details</ul>",
            "A reply to this e-mail is enough, and half of it now is better than all of it late.",
            **from_wedding(-4, send_time="10:00"),
        ),
        call(
            "Before: go through the day",
            "Go through the day from start to finish. Ask for what is still missing from the details, for a "
            "number on the day, and for what they worry about. Confirm the balance.",
            **from_wedding(-3, send_time="10:00"),
        ),
        email(
            "Before: one week to go",
            "One week to go",
            "$soon",
            "From here on, let others do the worrying. If you need us, reply or ring at any hour that suits "
            "you.",
            **from_wedding(-1, send_time="10:00", send_days=[]),
        ),
        text(
            "Before: see you tomorrow",
            "Hello {{ couple_names }}, $tomorrow See you tomorrow. {{ supplier_name }}",
            **from_wedding(-1, "days", send_time="16:00", send_days=[]),
        ),
    ),
    {
        "target_lead_status": [LeadStatus.WON],
        "trigger_conditions": {"min_days_until_wedding": 1},
        "ends_on_reply": False,
        "priority_level": 9,
    },
)

POST_WEDDING = ReadyMade(
    SequenceType.POST_WEDDING,
    "After the wedding",
    "Thanks the couple, has you ask for a review, and remembers their first anniversary. Offers go only to "
    "those who agreed to news.",
    (
        email(
            "After: thank you",
            "Thank you, and congratulations",
            "Congratulations to you both, and thank you for letting us be part of your wedding. It was a "
            "lovely day, and we wish you many more.",
            "$thanks",
            **from_wedding(3, "days", send_time="10:00"),
        ),
        task(
            "After: ask for a word",
            "Ask {{ couple_names }} for a word",
            "Send them something of the day that they have not seen, and ask what they will remember. If it "
            "was good, ask whether you may quote them.",
            **from_wedding(2),
        ),
        email(
            "After: would you tell others",
            "Would you tell other couples?",
            "Most couples find us because somebody told them about us. If you were happy, two sentences in a "
            "review help more than any advertisement could.",
            "And if something was not as you had hoped, please tell us instead. We would like to know.",
            **from_wedding(4, **OFFER),
        ),
        email(
            "After: one year",
            "Nearly a year already",
            "It is nearly a year since {{ wedding_date }}. We hope it has been a good one.",
            "$anniversary",
            **from_wedding(51, **OFFER),
        ),
    ),
    {
        "target_lead_status": [LeadStatus.WON],
        "ends_on_reply": False,
        "priority_level": 3,
    },
)
