"""Which colour and icon a status, a state or a kind of event has; the word always stands beside it."""

from flask import Flask

from app.models.choices import InteractionType as Kind
from app.models.choices import LeadStatus, MessageState, Priority

STATUS = {
    LeadStatus.NEW: "blue",
    LeadStatus.CONTACTED: "cyan",
    LeadStatus.QUALIFIED: "purple",
    LeadStatus.PROPOSAL_SENT: "orange",
    LeadStatus.FOLLOW_UP: "yellow",
    LeadStatus.NEGOTIATION: "orange",
    LeadStatus.WON: "green",
    LeadStatus.LOST: "grey",
    LeadStatus.SPAM: "grey",
    LeadStatus.DUPLICATE: "grey",
}
STATE = {
    MessageState.DUE: "blue",
    MessageState.SENDING: "cyan",
    MessageState.ACCEPTED: "green",
    MessageState.FAILED: "red",
    MessageState.SKIPPED: "grey",
    MessageState.UNCERTAIN: "orange",
}
PRIORITY = {Priority.LOW: "grey", Priority.MEDIUM: "blue", Priority.HIGH: "orange", Priority.URGENT: "red"}
EVENT_ICON = {
    Kind.EMAIL_SENT: "mail-forward",
    Kind.EMAIL_OPENED: "mail-opened",
    Kind.EMAIL_CLICKED: "click",
    Kind.EMAIL_REPLIED: "arrow-back-up",
    Kind.EMAIL_BOUNCED: "mail-x",
    Kind.EMAIL_COMPLAINED: "mail-exclamation",
    Kind.UNSUBSCRIBED: "ban",
    Kind.PHONE_CALL: "phone",
    Kind.MEETING_SCHEDULED: "calendar-event",
    Kind.MEETING_COMPLETED: "calendar-check",
    Kind.PROPOSAL_SENT: "file-text",
    Kind.PROPOSAL_VIEWED: "eye",
    Kind.CONTRACT_SENT: "signature",
    Kind.PAYMENT_RECEIVED: "cash",
    Kind.NOTE_ADDED: "note",
    Kind.STATUS_CHANGED: "arrows-exchange",
    Kind.SCORE_UPDATED: "gauge",
    Kind.WEBSITE_VISIT: "world",
    Kind.SOCIAL_MEDIA_ENGAGEMENT: "brand-instagram",
    Kind.REFERRAL_RECEIVED: "users",
    Kind.SMS_SENT: "message-forward",
    Kind.SMS_RECEIVED: "message",
    Kind.FORM_SUBMITTED: "forms",
    Kind.TASK_COMPLETED: "checkbox",
    Kind.ASSIGNED: "user-check",
    Kind.TAG_CHANGED: "tag",
    Kind.MERGED: "git-merge",
    Kind.SEQUENCE_ENROLLED: "route",
    Kind.SEQUENCE_ENDED: "route-off",
    Kind.CONSENT_CHANGED: "shield-check",
}

TOUCH_FIELDS = (
    *("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"),
    *("gclid", "fbclid", "msclkid", "referrer", "landing_page"),
)
"""The marks of a visit in the order people read them."""


def install(app: Flask) -> None:
    app.jinja_env.globals.update(
        STATUS_COLOUR=STATUS,
        STATE_COLOUR=STATE,
        PRIORITY_COLOUR=PRIORITY,
        EVENT_ICON=EVENT_ICON,
        TOUCH_FIELDS=TOUCH_FIELDS,
    )
