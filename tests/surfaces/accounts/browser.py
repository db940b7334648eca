"""A browser without JavaScript: it loads a page, takes its form's token, and posts."""

import re

from flask import Flask
from werkzeug.test import TestResponse

from tests.cast import Person

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Browser:
    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, *, page: str | None = None, **fields: str | list[str]) -> TestResponse:
        """Post to `path` with the token that `page` (or `path`) carries."""
        return self.client.post(path, data={"csrf_token": self.token(page or path), **fields})

    def token(self, page: str) -> str:
        found = TOKEN.search(self.client.get(page).text)
        assert found, f"{page} has no form"
        return found[1]

    def sign_in(self, person: Person, password: str | None = None) -> TestResponse:
        return self.post("/login", email=person.email, password=password or person.password)

    @property
    def is_in(self) -> bool:
        return self.get("/account").status_code == 200


def signed_in(app: Flask, person: Person) -> Browser:
    browser = Browser(app)
    assert browser.sign_in(person).status_code == 302
    return browser
