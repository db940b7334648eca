"""The blueprint that the pages of scoring share."""

from flask import Blueprint

from app.web.viewer import signed_in

blueprint = signed_in(Blueprint("scoring", __name__, url_prefix="/scoring"))
