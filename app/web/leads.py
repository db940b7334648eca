"""All pages under /leads: those of the list are in `lead_list`, those of one lead in `lead`."""

from flask import Blueprint

from app.web.viewer import signed_in

blueprint = signed_in(Blueprint("leads", __name__, url_prefix="/leads"))
