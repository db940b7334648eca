"""Errors in the words of people who fill in forms. The bound stays in the sentence, the jargon leaves it."""

import re
from dataclasses import replace

from app.kernel.errors import FieldError

WHOLE_NUMBER = "Give a whole number, such as 120."
AMOUNT = "Give an amount in figures, such as 3500."
DATE = "Give a date, such as 2027-06-12."
_SENTENCES = {
    "missing": "Please fill this in.",
    "int_parsing": WHOLE_NUMBER,
    "int_type": WHOLE_NUMBER,
    "int_from_float": WHOLE_NUMBER,
    "decimal_parsing": AMOUNT,
    "decimal_type": AMOUNT,
    "date_parsing": DATE,
    "date_from_datetime_parsing": DATE,
    "date_from_datetime_inexact": DATE,
    "date_type": DATE,
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
