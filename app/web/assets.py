"""What templates fetch from `static/`: versioned addresses, and icons written into the page."""

import os.path
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path

from flask import Flask, Response, current_app, request, send_file, url_for
from markupsafe import Markup
from werkzeug.security import safe_join

_DRAWN = (
    'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'
)


def install(app: Flask) -> None:
    app.jinja_env.globals.update(icon=icon, asset=asset, icon_sheet=icon_sheet, icon_of_sheet=icon_of_sheet)
    app.view_functions["static"] = _static


def _static(filename: str) -> Response:
    """The file; packed, where set-up left a `.gz` beside it and the browser takes that."""
    kind = guess_type(filename)[0]
    packed = safe_join(str(current_app.static_folder), f"{filename}.gz")
    if packed and os.path.isfile(packed) and request.accept_encodings["gzip"]:
        response = send_file(packed, mimetype=kind)
        response.content_encoding = "gzip"
    else:
        response = current_app.send_static_file(filename)
    response.vary.add("Accept-Encoding")
    return response


def icon(name: str) -> Markup:
    """The Tabler outline icon as inline SVG, silent to screen readers: say beside it what it means."""
    return _svg(Path(current_app.root_path) / "icons" / f"{name}.svg")


def icon_sheet(*names: str) -> Markup:
    """Icons that a page repeats, written once; `icon_of_sheet` shows them. Put it before the first use."""
    folder = Path(current_app.root_path) / "icons"
    symbols = Markup("").join(_symbol(folder / f"{name}.svg", name) for name in names)
    return Markup('<svg class="d-none" aria-hidden="true">{}</svg>').format(symbols)


def icon_of_sheet(name: str) -> Markup:
    """The icon of that name from the page's sheet, silent to screen readers as `icon` is."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="#icon-{}"/></svg>').format(name)


def asset(path: str) -> str:
    """The address of a static file; it changes when the file does, so browsers may keep it for ever."""
    return url_for("static", filename=path, v=_version(Path(str(current_app.static_folder)) / path))


@lru_cache(maxsize=512)
def _svg(path: Path) -> Markup:
    if not path.exists():
        return Markup("")  # before `make setup` the page stands, without pictures
    shapes = "".join(path.read_text().split(">", 1)[1].splitlines())
    return Markup(f'<svg class="icon" aria-hidden="true" {_DRAWN}>{shapes}')  # noqa: S704 - a file of ours


@lru_cache(maxsize=512)
def _symbol(path: Path, name: str) -> Markup:
    if not path.exists():
        return Markup("")
    shapes = "".join(path.read_text().split(">", 1)[1].splitlines()).removesuffix("</svg>")
    return Markup(f'<symbol id="icon-{name}" {_DRAWN}>{shapes}</symbol>')  # noqa: S704 - a file of ours


def _version(path: Path) -> str:
    return format(path.stat().st_mtime_ns, "x") if path.exists() else "0"
