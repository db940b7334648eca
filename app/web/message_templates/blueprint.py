"""The blueprint that the pages of templates share."""

from flask import Blueprint

from app.web.viewer import signed_in

blueprint = signed_in(Blueprint("templates", __name__, url_prefix="/templates"))
