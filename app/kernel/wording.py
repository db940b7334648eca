"""Errors in the words of people who fill in forms. The bound stays in the sentence, the jargon leaves it."""

import re
from dataclasses import replace

from app.kernel.errors import FieldError

_WHOLE_NUMBER = "Give a whole number, such as 120."
_AMOUNT = "Give an amount in figures, such as 3500."
_DATE = "Give a date, such as 2027-06-12."
_SENTENCES = {
    "missing": "Please fill this in.",
    "int_parsing": _WHOLE_NUMBER,
    "int_type": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "decimal_parsing": _AMOUNT,
    "decimal_type": _AMOUNT,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "date_type": _DATE,
    "datetime_parsing": "Give a day and a time, such as 2027-06-12 14:30.",
    "model_type": "This must be an object with fields.",
    "extra_forbidden": "There is no field of this name.",
}
_SUBJECT = re.compile(r"^(?:Input|String|List|Decimal input|Value) should")


def for_people(problem: FieldError) -> FieldError:
    """The same problem, said to somebody who fills in a form."""
    sentence = _SENTENCES.get(problem.code) or _SUBJECT.sub("This should", problem.message)
    if not sentence.endswith("."):
        sentence += "."
    return replace(problem, message=sentence[0].upper() + sentence[1:])
