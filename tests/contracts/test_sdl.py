"""The schema that clients were promised is the one we serve."""

from app.graphql.schema import sdl
from app.settings import ROOT


def test_the_committed_schema_is_the_one_we_serve() -> None:
    committed = (ROOT / "schema.graphql").read_text()
    assert sdl() == committed, "the schema changed: look at the difference, then `make schema`"
