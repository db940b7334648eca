"""What providers report of our messages, and the text messages of couples. Each post is signed; none
brings a cookie, so there is nothing for another site's page to ride on."""

import hmac
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from app.accounts.security import csrf
from app.kernel import clock
from app.kernel.errors import AppError, InvalidInput, NotAuthenticated, NotFound
from app.kernel.schema import validate
from app.messaging import queries, reports, texts
from app.messaging.reports import Reports
from app.messaging.texts import Text
from app.settings import Settings
from app.workflows.receive_text import receive_text
from app.workflows.record_signal import record_signal

blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")
csrf.exempt(blueprint)

NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""TwiML that sends nothing back."""
MOST_OF_A_NAME = 90
"""Characters of a number, and of what the provider calls a message, as an inquiry is named by it."""


@blueprint.errorhandler(AppError)
def _refused(error: AppError) -> Any:
    """To a program, whatever it accepts."""
    return current_app.extensions["problem"](error)


@blueprint.post("/mail/<provider>")
def mail(provider: str) -> ResponseReturnValue:
    """Events of e-mails; how many were new, known, and of no message of ours."""
    secret = _settings().hook_secret
    if secret is None:
        raise NotFound("hook")
    now = clock.now()
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    given, stamped, signed = (request.headers.get(name, "") for name in names)
    reports.check(secret.get_secret_value(), (given, stamped, signed), request.get_data(), now)
    counts = {"recorded": 0, "known": 0, "unknown": 0}
    for report in validate(Reports, request.get_json(force=True, silent=True)).events:
        supplier_id = queries.supplier_of(report.message)
        if supplier_id is None:
            counts["unknown"] += 1
        elif record_signal(supplier_id, report.message, report.signal(provider[:30], now)):
            counts["recorded"] += 1
        else:
            counts["known"] += 1
    return jsonify(counts)


@blueprint.post("/sms/status")
def sms_status() -> ResponseReturnValue:
    """What became of a text message, which the address names that we gave along with it."""
    _check_sms()
    said = request.form
    signal = texts.report(
        said.get("MessageStatus", ""),
        said.get("MessageSid", "")[:100],
        said.get("ErrorCode", "")[:10],
        clock.now(),
    )
    message_id = request.args.get("message", type=texts.message_id)
    supplier_id = queries.supplier_of(message_id) if message_id else None
    if signal and supplier_id and message_id:
        record_signal(supplier_id, message_id, signal)
    return Response(status=204)


@blueprint.post("/sms/inbound")
def sms_inbound() -> ResponseReturnValue:
    """A text message of a couple, to the number of a supplier."""
    _check_sms()
    said = request.form
    names = ("From", "To", "MessageSid")
    sender, number, key = (said.get(name, "").replace("\x00", "")[:MOST_OF_A_NAME] for name in names)
    if not (sender and number and key):
        raise InvalidInput.of("From", "missing", "From, To and MessageSid say what came from whom.")
    if supplier_id := queries.supplier_at(number):
        files = said.get("NumMedia", "0")
        count = int(files) if files.isdecimal() and len(files) < 4 else 0
        receive_text(supplier_id, Text(sender, said.get("Body", ""), key, count))
    return Response(NO_ANSWER, mimetype="text/xml")


def _check_sms() -> None:
    """NotAuthenticated unless the provider signed it, for the address as it is from outside."""
    settings = _settings()
    if settings.sms_token is None:
        raise NotFound("hook")
    url = settings.base_url + request.full_path.removesuffix("?")
    known = texts.sign(settings.sms_token.get_secret_value(), url, request.form.to_dict(flat=False))
    given = request.headers.get("X-Twilio-Signature", "")
    if not hmac.compare_digest(known.encode(), given.encode()):
        raise NotAuthenticated("X-Twilio-Signature is not right for this address and these fields.")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
