"""`/api/templates/tokens`: what templates may say."""

from flask import Blueprint, Response

from app.messaging.tokens import TOKENS
from app.rest.answers import answer
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.shapes import templates as shapes

blueprint = guard(Blueprint("api_template_tokens", __name__, url_prefix="/api/templates"))


@blueprint.get("/tokens")
@operation("listTemplateTokens", tag="Templates", answers={200: shapes.TemplateTokensResponse})
def index() -> Response:
    """List the words that templates may use."""
    found = [shapes.TemplateToken.model_validate(token) for token in TOKENS.values()]
    return answer(shapes.TemplateTokensResponse(tokens=found))
