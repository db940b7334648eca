"""Settings: the supplier's profile, inquiry form, team and API keys; a person's own account and sign-ins."""

from app.web.settings import account, inquiry_form, keys, profile, team
from app.web.settings.blueprint import blueprint

__all__ = ["account", "blueprint", "inquiry_form", "keys", "profile", "team"]
