"""Problem details (RFC 9457), as `app/rest/errors.py` writes them."""

from pydantic import BaseModel, ConfigDict


class FieldProblem(BaseModel):
    """One wrong input: its dotted path (empty for the whole), a stable code and a sentence."""

    field: str
    code: str
    message: str


class Problem(BaseModel):
    """What went wrong. `code` is for programs, `detail` for people; `request_id` finds it in the logs."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str | None
    code: str
    request_id: str
    errors: list[FieldProblem] = []
