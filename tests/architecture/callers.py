"""Everybody who may ask for something: each with a browser or a key of their own, kept for a module."""

from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.accounts.keys import create_api_key
from app.accounts.schemas import NewApiKey
from app.kernel.actor import Permission
from tests.cast import House, Person
from tests.surfaces.accounts.browser import Browser, signed_in

PEOPLE = ("viewer", "member", "admin", "owner", "stranger")
ALL_SCOPES = tuple(Permission)
OURS = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a request that our own page makes."""


@dataclass
class Callers:
    """`nobody`, the people of the house and the stranger, and programs with keys of the owner."""

    app: Flask
    house: House
    _browsers: dict[str, Browser] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)
    _keys: dict[tuple[Permission, ...], str] = field(default_factory=dict)

    def person(self, who: str) -> Person | None:
        return getattr(self.house, who) if who in PEOPLE else None

    def ask(self, who: str, method: str, path: str, *, ours: bool = True, **options: Any) -> TestResponse:
        """The answer to a request with `who`'s cookies or key, from a page that is `ours` or not."""
        headers = {**(OURS if ours and who in PEOPLE else {}), **options.pop("headers", {})}
        if who == "program":
            headers["Authorization"] = f"Bearer {self.key(*ALL_SCOPES)}"
        browser = self._browser(who)
        if ours and method != "GET" and "json" not in options:
            options["data"] = {"csrf_token": self._tokens[who]} | options.get("data", {})
        return browser.client.open(path, method=method, headers=headers, **options)

    def query(self, who: str, document: str, **variables: Any) -> TestResponse:
        """The answer of GraphQL to a person's page, or to a key with the scope that follows `key:`."""
        body = {"query": document, "variables": variables}
        if not who.startswith("key:"):
            return self._browser(who).client.post("/graphql", json=body, headers=OURS)
        headers = {"Authorization": f"Bearer {self.key(Permission(who.removeprefix('key:')))}"}
        return self.app.test_client().post("/graphql", json=body, headers=headers)

    def ready(self, who: str) -> None:
        """Sign in, or make the key, if that is still to do: it would show in a ledger."""
        self._browser(who)
        if who == "program":
            self.key(*ALL_SCOPES)

    def forget(self, who: str) -> None:
        """The next request comes from a new browser: the last one signed in or out."""
        self._browsers.pop(who, None)

    def key(self, *scopes: Permission) -> str:
        if scopes not in self._keys:
            with self.app.app_context():
                made = create_api_key(self.house.owner.actor, NewApiKey(name="k", scopes=list(scopes)))
            self._keys[scopes] = made[1]
        return self._keys[scopes]

    def _browser(self, who: str) -> Browser:
        if who not in self._browsers:
            person = self.person(who)
            browser = signed_in(self.app, person) if person else Browser(self.app)
            self._browsers[who] = browser
            self._tokens[who] = browser.token("/account" if person else "/login")
        return self._browsers[who]
