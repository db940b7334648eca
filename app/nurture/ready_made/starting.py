"""The sequence a new supplier starts with, and its templates."""

from datetime import time
from typing import Any

from app.models.choices import Anchor, DelayUnit, LeadStatus, MessageClass, Priority, StepType

NAME = "Welcome"
DESCRIPTION = "Answers every new inquiry at once, reminds you to call, and follows up after three days."

ACKNOWLEDGEMENT = {
    "name": "Thank you for your inquiry",
    "subject": "Thank you for your message",
    "content": """<p>Hello {{ couple_names }},</p>
<p>Thank you for thinking of {{ supplier_name }} for {{ wedding_date }}. Your message has reached us;
we will look at our diary and come back to you personally.</p>
<p>If anything changes before then, simply reply to this e-mail.</p>
<p>{{ supplier_name }}</p>
""",
}
FOLLOW_UP = {
    "name": "Following up on your inquiry",
    "subject": "Your plans for {{ wedding_date }}",
    "content": """<p>Hello {{ couple_names }},</p>
<p>A few days ago you wrote to us about {{ wedding_date }} at {{ wedding_venue }}. We would love to hear more:
what matters most to you, and is there anything you would like to know first?</p>
<p>Reply to this e-mail, or tell us when we may call you.</p>
<p>{{ supplier_name }}</p>
""",
}
CALL: dict[str, Any] = {
    "name": "Call the couple",
    "title": "Call {{ couple_names }}",
    "description": "They asked about {{ wedding_date }} at {{ wedding_venue }} with {{ estimated_budget }}. "
    "Ask what matters most to them and offer two times to meet.",
    "due_in_days": 0,
    "priority": Priority.HIGH,
}

EMAILS = (ACKNOWLEDGEMENT, FOLLOW_UP)
TASKS = (CALL,)
STEPS: tuple[dict[str, Any], ...] = (
    {
        "step_order": 1,
        "step_name": "Acknowledge the inquiry",
        "step_type": StepType.EMAIL,
        "anchor": Anchor.ENROLLMENT,
        "delay_amount": 0,
        "delay_unit": DelayUnit.MINUTES,
        "send_days": [],
        "message_class": MessageClass.ACKNOWLEDGEMENT,
        "template": ACKNOWLEDGEMENT["name"],
    },
    {
        "step_order": 2,
        "step_name": "Call the couple",
        "step_type": StepType.PHONE_CALL,
        "delay_amount": 1,
        "delay_unit": DelayUnit.DAYS,
        "template": CALL["name"],
    },
    {
        "step_order": 3,
        "step_name": "Follow up",
        "step_type": StepType.EMAIL,
        "delay_amount": 3,
        "delay_unit": DelayUnit.DAYS,
        "send_time": time(9),
        "send_days": [1, 2, 3, 4, 5],
        "message_class": MessageClass.FOLLOW_UP,
        "execution_conditions": {"required_status": [LeadStatus.NEW, LeadStatus.CONTACTED]},
        "template": FOLLOW_UP["name"],
    },
)
