"""Sequences for couples who have gone quiet. Such letters are marketing: they go to who agreed to it."""

from typing import Any

from app.models.choices import LeadStatus, MessageClass, SequenceType
from app.nurture.ready_made.shape import ReadyMade, Step, after, email, task

OFFER: dict[str, Any] = {
    "message_class": MessageClass.MARKETING,
    "send_days": [2, 3, 4],
    "send_time": "10:00",
}

RE_ENGAGEMENT = ReadyMade(
    SequenceType.RE_ENGAGEMENT,
    "Wake up quiet couples",
    "Writes twice to couples you have not spoken with for six weeks, then asks you to decide. Only to those "
    "who agreed to news.",
    (
        email(
            "Quiet: still planning",
            "Are you still planning {{ wedding_date }}?",
            "It has been a while since we spoke, and plans change. Are you still looking?",
            "A word in reply is enough: “yes”, “later” or “no, thank you”. Any of the three helps us.",
            **after(1, **OFFER),
        ),
        email(
            "Quiet: what is new",
            "What is new with us",
            "$news",
            "If you would like to pick up where we left off, would $meet suit you?",
            **after(12, **OFFER),
        ),
        task(
            "Quiet: decide what becomes of them",
            "Decide about {{ couple_names }}",
            "They have not answered two letters. Ring once more, or close the lead with a reason.",
            **after(1, "weeks"),
        ),
        Step(
            {
                "step_name": "Tag as quiet",
                "step_type": "tag_assignment",
                "step_content": '{"add": ["quiet"]}',
                **after(0, "minutes"),
            }
        ),
    ),
    {
        "target_lead_status": [LeadStatus.CONTACTED, LeadStatus.QUALIFIED, LeadStatus.FOLLOW_UP],
        "trigger_conditions": {
            "min_days_since_contact": 42,
            "min_days_until_wedding": 60,
            "excluded_tags": ["quiet"],
        },
        "reentry_after_days": 180,
        "priority_level": 2,
    },
)
