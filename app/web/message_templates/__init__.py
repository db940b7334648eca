"""The pages of templates: the list, the editor with its preview, copying and deleting."""

from app.web.message_templates import pages, previewing
from app.web.message_templates.blueprint import blueprint

__all__ = ["blueprint", "pages", "previewing"]
