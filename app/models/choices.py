"""The closed vocabularies of the schema. The values are the contract of the APIs and of the CHECKs."""

from enum import StrEnum


class Trade(StrEnum):
    PHOTOGRAPHER = "photographer"
    VENUE = "venue"
    FLORIST = "florist"
    CATERER = "caterer"
    OTHER = "other"


class ContactMethod(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    WHATSAPP = "whatsapp"
    TEXT = "text"


class Presentation(StrEnum):
    """How the lead list shows its leads."""

    LIST = "list"
    CARDS = "cards"
    PIPELINE = "pipeline"


class LeadStatus(StrEnum):
    NEW = "new"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    PROPOSAL_SENT = "proposal_sent"
    FOLLOW_UP = "follow_up"
    NEGOTIATION = "negotiation"
    WON = "won"
    LOST = "lost"
    SPAM = "spam"
    DUPLICATE = "duplicate"


OPEN_STATUSES = frozenset(
    {
        LeadStatus.NEW,
        LeadStatus.CONTACTED,
        LeadStatus.QUALIFIED,
        LeadStatus.PROPOSAL_SENT,
        LeadStatus.FOLLOW_UP,
        LeadStatus.NEGOTIATION,
    }
)
QUALIFIED_STATUSES = frozenset(
    {LeadStatus.QUALIFIED, LeadStatus.PROPOSAL_SENT, LeadStatus.NEGOTIATION, LeadStatus.WON}
)
"""A lead that ever was in one of these has been qualified."""
UNCOUNTED_STATUSES = frozenset({LeadStatus.SPAM, LeadStatus.DUPLICATE})
"""These leave every rate and total."""


class Priority(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


class InteractionType(StrEnum):
    EMAIL_SENT = "email_sent"
    EMAIL_OPENED = "email_opened"
    EMAIL_CLICKED = "email_clicked"
    PHONE_CALL = "phone_call"
    MEETING_SCHEDULED = "meeting_scheduled"
    MEETING_COMPLETED = "meeting_completed"
    PROPOSAL_SENT = "proposal_sent"
    PROPOSAL_VIEWED = "proposal_viewed"
    CONTRACT_SENT = "contract_sent"
    PAYMENT_RECEIVED = "payment_received"
    NOTE_ADDED = "note_added"
    STATUS_CHANGED = "status_changed"
    SCORE_UPDATED = "score_updated"
    WEBSITE_VISIT = "website_visit"
    SOCIAL_MEDIA_ENGAGEMENT = "social_media_engagement"
    REFERRAL_RECEIVED = "referral_received"
    SMS_SENT = "sms_sent"
    SMS_RECEIVED = "sms_received"
    EMAIL_REPLIED = "email_replied"
    EMAIL_BOUNCED = "email_bounced"
    EMAIL_COMPLAINED = "email_complained"
    UNSUBSCRIBED = "unsubscribed"
    FORM_SUBMITTED = "form_submitted"
    TASK_COMPLETED = "task_completed"
    ASSIGNED = "assigned"
    TAG_CHANGED = "tag_changed"
    MERGED = "merged"
    SEQUENCE_ENROLLED = "sequence_enrolled"
    SEQUENCE_ENDED = "sequence_ended"
    CONSENT_CHANGED = "consent_changed"


class CriteriaType(StrEnum):
    DEMOGRAPHIC = "demographic"
    BEHAVIORAL = "behavioral"
    ENGAGEMENT = "engagement"
    WEDDING_DETAILS = "wedding_details"
    BUDGET = "budget"
    TIMELINE = "timeline"


class CriteriaOperator(StrEnum):
    EQUALS = "equals"
    CONTAINS = "contains"
    GREATER_THAN = "greater_than"
    LESS_THAN = "less_than"
    BETWEEN = "between"
    IN_LIST = "in_list"
    NOT_EQUALS = "not_equals"
    IS_SET = "is_set"
    NOT_SET = "not_set"


class RescoreReason(StrEnum):
    """Why leads are scored again in the background."""

    RULES = "rules"
    """The rules changed."""
    NIGHT = "night"
    """A day passed."""
    DAY = "day"
    """Something about a wedding day changed that other leads want too."""
    ASKED = "asked"
    """Somebody asked for it."""


class SourceCategory(StrEnum):
    PAID_ADVERTISING = "paid_advertising"
    ORGANIC_SEARCH = "organic_search"
    SOCIAL_MEDIA = "social_media"
    REFERRAL = "referral"
    DIRECTORY = "directory"
    EMAIL_MARKETING = "email_marketing"
    DIRECT = "direct"
    PARTNERSHIP = "partnership"
    EVENT = "event"


class SequenceType(StrEnum):
    WELCOME = "welcome"
    NURTURE = "nurture"
    RE_ENGAGEMENT = "re_engagement"
    POST_INQUIRY = "post_inquiry"
    PRE_WEDDING = "pre_wedding"
    POST_WEDDING = "post_wedding"


class StepType(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    PHONE_CALL = "phone_call"
    TASK_CREATION = "task_creation"
    SCORE_ADJUSTMENT = "score_adjustment"
    STATUS_CHANGE = "status_change"
    TAG_ASSIGNMENT = "tag_assignment"


class DelayUnit(StrEnum):
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"


class Anchor(StrEnum):
    """What a step's delay counts from."""

    ENROLLMENT = "enrollment"
    PREVIOUS_STEP = "previous_step"
    INQUIRY = "inquiry"
    BOOKING = "booking"
    WEDDING_DATE = "wedding_date"


class EnrollmentStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"


class MessageClass(StrEnum):
    """Decides what consent a message needs."""

    ACKNOWLEDGEMENT = "acknowledgement"
    REPLY = "reply"
    FOLLOW_UP = "follow_up"
    MARKETING = "marketing"


class MessageState(StrEnum):
    HELD = "held"
    """It waits for a person's yes."""
    DUE = "due"
    SENDING = "sending"
    ACCEPTED = "accepted"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNCERTAIN = "uncertain"


class NoticeKind(StrEnum):
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    DIGEST = "digest"
    DOMAIN = "domain"


class MessageEventType(StrEnum):
    HELD = "held"
    APPROVED = "approved"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    OPENED = "opened"
    CLICKED = "clicked"
    REPLIED = "replied"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNCERTAIN = "uncertain"


class ConversionType(StrEnum):
    BOOKING_CONFIRMED = "booking_confirmed"
    CONTRACT_SIGNED = "contract_signed"
    DEPOSIT_PAID = "deposit_paid"
    FULL_PAYMENT = "full_payment"
    SERVICE_COMPLETED = "service_completed"


class AttributionModel(StrEnum):
    FIRST_TOUCH = "first_touch"
    LAST_TOUCH = "last_touch"
    LINEAR = "linear"
    TIME_DECAY = "time_decay"
    POSITION_BASED = "position_based"
    MANUAL = "manual"


class TouchpointKind(StrEnum):
    VISIT = "visit"
    FORM = "form"
    CALL = "call"
    FAIR = "fair"
    REFERRAL = "referral"
    REPLY = "reply"
    CLICK = "click"


class InquiryChannel(StrEnum):
    WIDGET = "widget"
    HOSTED_FORM = "hosted_form"
    WEBHOOK = "webhook"
    IMPORT = "import"
    EMAIL = "email"
    SMS = "sms"
    """A text message from a number that no lead has."""


class InquiryState(StrEnum):
    RECEIVED = "received"
    """Committed, not yet a lead; the sweep takes it up again."""
    CAPTURED = "captured"
    QUARANTINED = "quarantined"
    """Suspected spam: kept whole, one click restores it."""


class DateState(StrEnum):
    HELD = "held"
    BOOKED = "booked"
    BLOCKED = "blocked"


class ConsentPurpose(StrEnum):
    MARKETING = "marketing"
    DATA_PROCESSING = "data_processing"


class SuppressionReason(StrEnum):
    UNSUBSCRIBED = "unsubscribed"
    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"
    MANUAL = "manual"
    ERASED = "erased"
