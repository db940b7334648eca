"""Settings: the supplier's profile, form, team and API keys; a person's account, sign-ins and calendar."""

from app.web.settings import account, calendar, inquiry_form, keys, profile, sending, team
from app.web.settings.blueprint import blueprint

__all__ = ["account", "blueprint", "calendar", "inquiry_form", "keys", "profile", "sending", "team"]
