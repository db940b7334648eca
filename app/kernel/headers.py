"""Security headers of every response, and how long a browser may keep it."""

from flask import Flask, Response, current_app, request

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
"""No inline script and no inline style. A view that needs another policy sets the header itself."""

DEFAULTS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ENCRYPTED = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
"""Where the app is reached by https."""
KEPT_BY_NOBODY = ("Cache-Control", "no-store")
FOR_EVER = "public, max-age=31536000, immutable"


def install(app: Flask) -> None:
    app.after_request(_add)


def of_answers(*, https: bool) -> list[tuple[str, str]]:
    """Those of an answer that sets none of them itself."""
    return [*DEFAULTS.items(), *([ENCRYPTED] if https else []), KEPT_BY_NOBODY]


def _add(response: Response) -> Response:
    present = {name.lower() for name, _ in response.headers}
    for name, value in DEFAULTS.items():
        if name.lower() not in present:
            response.headers.add(name, value)
    if current_app.extensions["settings"].https:
        response.headers.setdefault(*ENCRYPTED)
    if request.endpoint == "static":
        response.headers["Cache-Control"] = FOR_EVER if "v" in request.args else "public, max-age=300"
    elif request.blueprint == "security":
        response.headers.set(*KEPT_BY_NOBODY)  # the library's `no-store=True` is no directive
    elif "cache-control" not in present:
        response.headers.add(*KEPT_BY_NOBODY)
    return response
