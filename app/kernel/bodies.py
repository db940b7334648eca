"""Bodies of unknown length are measured here, up to the bound and one byte.

A body sent in chunks has no Content-Length, and the framework's reader stops at the bound without a
word: the rest would be lost and the beginning taken for the whole. With a length it is refused like any
other, by whoever reads it and in their own form.
"""

from io import BytesIO

from flask import Flask, current_app, request


def install(app: Flask) -> None:
    app.before_request(_measure)


def _measure() -> None:
    environ = request.environ
    if environ.get("CONTENT_LENGTH") and "HTTP_TRANSFER_ENCODING" not in environ:
        return
    if request.content_length is not None or not environ.get("wsgi.input_terminated"):
        return
    bound: int = current_app.config["MAX_CONTENT_LENGTH"]
    body = environ["wsgi.input"].read(bound + 1)
    environ.pop("HTTP_TRANSFER_ENCODING", None)  # as long as it stands, no length counts
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
