"""Bodies of unknown length are read here, up to the bound and one byte: more is refused, never cut.

A body sent in chunks has no Content-Length, and the framework's reader stops at the bound without a
word: the rest would be lost and the beginning taken for the whole.
"""

from io import BytesIO

from flask import Flask, current_app, request

from app.kernel.errors import TooLarge


def install(app: Flask) -> None:
    app.before_request(_measure)


def _measure() -> None:
    if request.content_length is not None or not request.environ.get("wsgi.input_terminated"):
        return
    bound: int = current_app.config["MAX_CONTENT_LENGTH"]
    body = request.environ["wsgi.input"].read(bound + 1)
    if len(body) > bound:
        raise TooLarge(f"The body is larger than {bound // 1024} kB.")
    request.environ["wsgi.input"] = BytesIO(body)
    request.environ["CONTENT_LENGTH"] = str(len(body))
