"""The blueprint that the pages of a supplier's and a person's settings share."""

from flask import Blueprint

from app.web.viewer import signed_in

blueprint = signed_in(Blueprint("settings", __name__))
