"""Examples of answers, made from their schemas: a value by the field's name, else by its type."""

from collections.abc import Mapping
from typing import Any

SAMPLE_ID = "019a0c4e-7d1b-7c3a-9f52-3b8e6a1d2c40"
MOMENT = "2027-01-14T09:30:00Z"
NAMED: Mapping[str, Any] = {
    "couple_name_bride": "Maya Okafor",
    "couple_name_groom": "Sam Reed",
    "primary_email": "maya@example.com",
    "primary_phone": "+442079460958",
    "wedding_date": "2027-06-12",
    "wedding_venue": "Rose Barn",
    "wedding_location": "Devon",
    "estimated_guest_count": 120,
    "estimated_budget": 4200.0,
    "budget_range": "2500_5000",
    "lead_source": "referral",
    "lead_score": 62,
    "start_date": "2027-01-01",
    "end_date": "2027-01-31",
    "date": "2027-01-14",
    "interaction_type": "phone_call",
    "interaction_subject": "Called about the date",
    "services_needed": ["Photography"],
    "tags": ["summer"],
    "nurture_sequences_enrolled": ["Welcome"],
    "sequences_enrolled": ["Welcome"],
    "source_name": "Referral",
    "total": 1,
    "page": 1,
    "limit": 25,
    "totalPages": 1,
    "success": True,
    "succeeded": 1,
    "failed": 0,
}
BY_FORMAT = {"uuid": SAMPLE_ID, "date-time": MOMENT, "date": "2027-06-12"}
BY_TYPE: Mapping[str, Any] = {"string": "text", "integer": 1, "number": 0.5, "boolean": False, "null": None}


def example(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "") -> Any:
    """A value of the schema, whose `$ref`s are among `schemas`. Unknown is null wherever it may be."""
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    if name in NAMED:
        return NAMED[name]
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if "anyOf" in schema:
        choices = schema["anyOf"]
        return None if {"type": "null"} in choices else example(choices[0], schemas)
    if schema.get("type") == "array":
        return [example(schema["items"], schemas)]
    if schema.get("type") == "object":
        fields = schema.get("properties", {})
        return {field: example(of, schemas, field) for field, of in fields.items()}
    return BY_FORMAT.get(schema.get("format", ""), BY_TYPE[schema.get("type", "null")])
