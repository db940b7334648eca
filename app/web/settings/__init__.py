"""Settings: the supplier's profile, its team and API keys; a person's own account and sign-ins."""

from app.web.settings import account, keys, profile, team
from app.web.settings.blueprint import blueprint

__all__ = ["account", "blueprint", "keys", "profile", "team"]
