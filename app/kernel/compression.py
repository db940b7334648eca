"""Answers in gzip for clients that take it: pages, JSON and our own files, from 1 kB on.

A page's size can give away what stands in it when somebody else chooses a part of it (BREACH,
https://www.breachattack.com): our pages repeat a search and carry the token of their forms. The session
cookie is SameSite=Lax, so no other site can ask for a page as this person, over and over, from within its
own; and each answer gets up to 100 random bytes in the header of its gzip (Heal the BREACH, as Django has
it), which hides the few bytes of a right guess.

Left as they are: streams, errors without a body, and answers of the API with an ETag, which If-Match
compares byte for byte.
"""

import secrets
from functools import lru_cache
from gzip import GzipFile
from io import BytesIO

from flask import Flask, Response, request
from werkzeug.http import parse_accept_header

LEAST = 1000
LEVEL = 4
"""Of 9: beyond it, time grows and the size hardly shrinks."""
MOST_NOISE = 100
FILES_KEPT = 32
"""Our own files that one process keeps compressed."""
_TEXTS = (
    *("text/", "image/svg+xml", "application/javascript", "application/json", "application/problem+json"),
    *("application/graphql-response+json", "application/openapi+json"),
)


def install(app: Flask) -> None:
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    is_file = request.endpoint == "static"
    if not _is_text(response) or response.status_code == 206 or ("ETag" in response.headers and not is_file):
        return response
    if response.is_streamed and not is_file:
        return response
    known = response.headers.get("Vary")
    response.headers["Vary"] = f"{known}, Accept-Encoding" if known else "Accept-Encoding"
    if not takes_gzip(request.headers.get("Accept-Encoding", "")) or request.method == "HEAD":
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < LEAST:
        return response
    response.set_data(_file(body) if is_file else packed(body))
    response.headers["Content-Encoding"] = "gzip"
    tag, _ = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    return response


@lru_cache(maxsize=64)
def takes_gzip(header: str) -> bool:
    """Does a client that sends this Accept-Encoding take gzip?"""
    return parse_accept_header(header).quality("gzip") > 0


def packed(body: bytes) -> bytes:
    """An answer in gzip, its size blurred."""
    return _gzip(body, secrets.randbelow(MOST_NOISE + 1))


def _is_text(response: Response) -> bool:
    kind = response.headers.get("Content-Type", "")
    return kind.startswith(_TEXTS) and "Content-Encoding" not in response.headers


@lru_cache(maxsize=FILES_KEPT)
def _file(body: bytes) -> bytes:
    return _gzip(body, 0)


def _gzip(body: bytes, noise: int) -> bytes:
    """With a file name of `noise` letters, which nobody reads."""
    packed = BytesIO()
    with GzipFile(filename="a" * noise, mode="wb", fileobj=packed, compresslevel=LEVEL, mtime=0) as pack:
        pack.write(body)
    return packed.getvalue()
