"""The WSGI entry point: `granian --interface wsgi wsgi:app`, `flask --app wsgi …`."""

from app import create_app
from app.boot import leaving_nothing, read_settings, resolve

settings = read_settings()
with leaving_nothing(settings):
    app = create_app(resolve(settings))
