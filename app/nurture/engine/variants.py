"""Which text of a step a lead gets."""

from hashlib import sha256
from uuid import UUID

from app.nurture.engine.actions import SendEmail, Variant


def chosen(email: SendEmail, enrollment_id: UUID, key: UUID) -> Variant | None:
    """The variant for that enrollment: the same whenever it is asked, and each for as many. None: there is
    one text alone. Raises nothing; an own text that is missing is still variant A.

    By SHA-256 over enrollment and step, so that one step's choice says nothing about another's.
    """
    if not email.variants or email.template_id is None:
        return None
    all_of_them = (Variant("A", email.template_id), *email.variants)
    drawn = int.from_bytes(sha256(enrollment_id.bytes + key.bytes).digest()[:8])
    return all_of_them[drawn % len(all_of_them)]
