"""The WSGI entry point: `granian --interface wsgi wsgi:app`, `flask --app wsgi …`."""

from app import create_app
from app.boot import read_settings, resolve

app = create_app(resolve(read_settings()))
