"""The form's signed token: it proves that the form was fetched from us, and when."""

from app.capture.spam import QUICKEST_SECONDS
from app.kernel import signing
from app.kernel.errors import InvalidInput

PURPOSE = "form"
MAX_AGE = 24 * 3600


def make(form_key: str, *, head_start: float = 0.0) -> str:
    """A token of this form; `head_start` is how many seconds of filling are already behind."""
    return signing.sign(PURPOSE, [form_key, head_start])


def replace(form_key: str, error: InvalidInput) -> str:
    """A fresh token for a page whose own was refused; who took over a day has taken their time."""
    expired = any(problem.code == "expired" for problem in error.fields)
    return make(form_key, head_start=QUICKEST_SECONDS if expired else 0.0)


def seconds_to_fill(form_key: str, token: str | None) -> float:
    """Seconds since the form was fetched; InvalidInput for `token`: missing, forged, foreign or too old."""
    if not token:
        raise InvalidInput.of("token", "missing", "The token is missing; it comes with the form's /config.")
    value, age = signing.verify(PURPOSE, token, max_age=MAX_AGE)
    key, head_start = value
    if key != form_key:
        raise InvalidInput.of("token", "foreign", "The token belongs to another form.")
    return float(head_start) + age
