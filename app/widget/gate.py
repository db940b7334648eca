"""Which form a public address means, and who may post to it. A form is read once a request."""

import re
from dataclasses import dataclass

from flask import Response, request

from app.capture.queries import form_by_key
from app.kernel import public_keys
from app.kernel.errors import NotFound, NotPermitted
from app.kernel.limits import limiter
from app.kernel.uow import reading

_KEY = re.compile(r"[A-Za-z0-9_-]{32}")

PER_ADDRESS = "20 per minute; 200 per hour"
"""A wedding fair's guests share one address."""
PER_FORM = "300 per minute; 5000 per hour"
"""Of what was stored, so that nobody closes a form by posting rubbish at it."""


@dataclass(frozen=True)
class PublicForm:
    """What everybody may know of a form."""

    key: str
    supplier_name: str
    currency: str
    heading: str
    thanks: str
    services: tuple[str, ...]
    allowed_origins: tuple[str, ...]
    consent_wording: str

    def welcomes(self, origin: str) -> bool:
        """May a page of this web origin post here? An empty list welcomes all."""
        allowed = {o.rstrip("/").lower() for o in self.allowed_origins}
        return not allowed or origin.lower() in allowed


def open_form(form_key: str) -> PublicForm:
    """The active form with this key; NotFound."""
    if not _KEY.fullmatch(form_key):
        raise NotFound("form")
    with reading(public_keys.supplier_of(form_key)) as session:
        form = form_by_key(session, form_key)
        return PublicForm(
            form.key,
            form.supplier.name,
            form.supplier.currency,
            form.heading,
            form.thanks,
            tuple(form.services),
            tuple(form.allowed_origins),
            form.consent_wording,
        )


def check_origin(form: PublicForm) -> None:
    """NotPermitted when a page of a website that the form does not list posts here; our own pages may."""
    origin = request.headers.get("Origin")
    if origin and not form.welcomes(origin) and origin != request.host_url.rstrip("/"):
        raise NotPermitted(f"This form does not take inquiries from {origin[:200]}.")


def _form_in_path() -> str:
    return f"form:{(request.view_args or {}).get('form_key')}"


def _was_stored(response: Response) -> bool:
    """201 and 202 of the API, 303 of the hosted page."""
    return response.status_code in (201, 202, 303)


limited_by_address = limiter.shared_limit(PER_ADDRESS, scope="inquiries")
limited_by_form = limiter.shared_limit(
    lambda: PER_FORM, scope="inquiries", key_func=_form_in_path, deduct_when=_was_stored
)
