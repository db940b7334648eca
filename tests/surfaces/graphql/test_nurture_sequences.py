"""`nurtureSequences`."""

from typing import Any

from tests.surfaces.graphql.conftest import Caller, Desk

ALL = """{ nurtureSequences { totalSequences activeEnrollments averageCompletionRate
    sequences { sequenceName sequenceType isActive totalEnrollments targetScoreRange triggerConditions
        steps { stepOrder stepName stepType delayAmount delayUnit sendTime sendDays
            emailTemplate { name subject } } } } }"""


def test_the_sequences_come_with_the_steps_of_their_published_version(
    desk: Desk, ask: Caller, statements: Any
) -> None:
    desk.lead()
    desk.lead()
    with statements() as sent:
        found = ask(ALL)["nurtureSequences"]
    assert len(sent) == 1
    assert (found["totalSequences"], found["activeEnrollments"], found["averageCompletionRate"]) == (1, 2, 0)
    [welcome] = found["sequences"]
    assert (welcome["sequenceName"], welcome["sequenceType"], welcome["totalEnrollments"]) == (
        "Welcome",
        "welcome",
        2,
    )
    assert [step["stepOrder"] for step in welcome["steps"]] == [1, 2, 3]
    first, call, _ = welcome["steps"]
    assert first["stepType"] == "email"
    assert first["emailTemplate"]["name"] == "Thank you for your inquiry"
    assert first["sendTime"].count(":") == 2
    assert call["emailTemplate"] is None


def test_the_rate_is_unknown_before_anybody_was_enrolled(ask: Caller) -> None:
    found = ask(ALL)["nurtureSequences"]
    assert (found["activeEnrollments"], found["averageCompletionRate"]) == (0, None)


def test_another_suppliers_enrollments_do_not_count(desk: Desk, ask: Caller, stranger: Caller) -> None:
    desk.lead()
    assert stranger("{ nurtureSequences { activeEnrollments } }") == {
        "nurtureSequences": {"activeEnrollments": 0}
    }
    assert ask("{ nurtureSequences { activeEnrollments } }") == {"nurtureSequences": {"activeEnrollments": 1}}
