"""Calendar feeds for programs that subscribe: public, by a secret address."""

import re
from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for

from app.accounts.calendar import RANDOM_BYTES, member_of
from app.accounts.queries import supplier
from app.kernel import clock, public_keys
from app.kernel.errors import NotFound
from app.kernel.limits import limiter
from app.kernel.uow import reading
from app.kernel.zones import day_of, zone
from app.leads import feed
from app.web.ical import Feed, render

blueprint = Blueprint("feeds", __name__)

_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
PER_ADDRESS = "60 per minute"


@blueprint.get("/calendar/<calendar_key>.ics")
@limiter.limit(PER_ADDRESS)
def calendar(calendar_key: str) -> Response:
    """The member's feed (RFC 5545), or 304 when the subscriber has it. NotFound for any other key."""
    found = _read(calendar_key)
    response = Response(status=200, content_type="text/calendar; charset=utf-8")
    response.set_etag(found.version)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    if response.make_conditional(request).status_code == 304:
        return response
    base = current_app.extensions["settings"].base_url
    response.set_data(render(found, lambda lead_id: base + url_for("leads.show", lead_id=lead_id)))
    return response


def _read(key: str) -> Feed:
    now = clock.now()
    with reading(_supplier_of(key)) as session:
        member = member_of(session, key)
        name = supplier(session)
        today = day_of(now, zone(name.timezone))
        return Feed(
            name.name,
            tuple(feed.days(session, today, now)),
            tuple(feed.tasks(session, member.user_id, now)),
        )


def _supplier_of(key: str) -> UUID:
    if not _KEY.fullmatch(key):
        raise NotFound("calendar")
    try:
        return public_keys.supplier_of(key, random_bytes=RANDOM_BYTES)
    except NotFound:
        raise NotFound("calendar") from None
