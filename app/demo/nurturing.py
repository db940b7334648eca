"""The sequences a lead goes through, step by step, as the engine of `app.nurture` decides."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.demo.letters import DEAD, make_task, send
from app.demo.plan import Campaign, Row
from app.demo.story import Story
from app.kernel.zones import day_of
from app.models.choices import EnrollmentStatus, MessageState
from app.models.choices import InteractionType as Kind
from app.nurture.engine.actions import ChangeTags, MakeTask, SendEmail
from app.nurture.engine.advance import advance, start
from app.nurture.engine.decide import decide
from app.nurture.engine.facts import LeadFacts, Snapshot, Step
from app.nurture.engine.outcomes import Do, Done, End, Next, Passed, Settled, Skip
from app.nurture.engine.targets import matches

PAUSED = 0.15
"""The share of the places under way."""


def nurture(story: Story) -> None:
    """Each sequence takes the lead in when it first wants it, at most once."""
    for campaign in story.telling.stage.campaigns:
        for _, at in story.fate.path:
            if at <= story.now and matches(campaign.sequence.targets, _facts(story, at)):
                _Way(story, campaign, at).go()
                break


def _facts(story: Story, at: datetime) -> LeadFacts:
    lead = story.lead
    wedding, opted_out_at = lead["wedding_date"], lead["opt_out_date"]
    return LeadFacts(
        status=story.fate.status_at(at),
        sources=frozenset({lead["lead_source"]}),
        tags=frozenset(lead["tags"]),
        has_email=lead["primary_email"] is not None,
        has_phone=lead["primary_phone"] is not None,
        wedding_date=wedding,
        days_until_wedding=(wedding - day_of(at, story.telling.stage.zone)).days if wedding else None,
        opted_out_at=opted_out_at if opted_out_at and opted_out_at <= at else None,
    )


class _Way:
    """One lead's way through one sequence."""

    def __init__(self, story: Story, campaign: Campaign, at: datetime) -> None:
        self.story, self.campaign, self.at = story, campaign, at
        calendar = story.telling.stage.calendar
        self.snapshot = Snapshot(_facts(story, at), campaign.sequence, calendar, enrolled_at=at)
        self.row = story.add("lead_nurture_enrollments", at, **_enrollment(campaign, at, story.is_won))
        story.log(Kind.SEQUENCE_ENROLLED, at, campaign.name, metadata={"sequence_id": str(campaign.id)})

    def go(self) -> None:
        """From the first step to the last, to an end before it, or to the step that is still to come."""
        at = self.snapshot.enrolled_at
        turn = start(self.snapshot, at)
        while isinstance(turn, Next):
            self._pass_over(turn.passed, at)
            at = turn.at
            self.row |= {"current_step_id": turn.step.id, "next_execution_at": at, "due_at": at}
            if broken_off := self._broken_off(at):
                return self._end(*broken_off)
            if at > self.story.now:
                return self._wait()
            self.snapshot = self._as_of(turn.step, at)
            settled = self._settle(turn.step, at)
            if settled is None:
                self.row["next_execution_at"] = None
                return self._wait()
            if isinstance(settled, End):
                return self._end(at, EnrollmentStatus.CANCELLED, settled.reason)
            turn = advance(self.snapshot, settled, at)
        self._pass_over(turn.passed, at)
        return self._end(at, EnrollmentStatus(turn.status), turn.reason)

    def _broken_off(self, by: datetime) -> tuple[datetime, EnrollmentStatus, str] | None:
        """When and why the enrollment ends before its next step: the lead is closed, or wants no more."""
        closed_at, opted_out_at = self.story.closed_at, self.story.lead["opt_out_date"]
        ends = []
        if closed_at:
            ends.append((closed_at, f"lead_{self.story.fate.status_at(closed_at)}"))
        if opted_out_at and opted_out_at >= self.snapshot.enrolled_at:
            ends.append((opted_out_at, "opted_out"))
        replied_at = self.story.replied_at
        if replied_at and self.snapshot.enrolled_at <= replied_at <= self.story.now:
            ends.append((replied_at, "replied"))
        at, reason = min(ends, default=(None, ""))
        return (at, EnrollmentStatus.CANCELLED, reason) if at and at <= by else None

    def _wait(self) -> None:
        """For the step that is still to come, or for somebody's yes; some places are paused by hand."""
        story = self.story
        if self.row["next_execution_at"] and story.dice.chance(PAUSED):
            paused_at = story.now - (story.now - self.at) * story.dice.uniform(0.1, 0.9)
            self.row |= {"status": EnrollmentStatus.PAUSED, "paused_at": paused_at}
        self.story.lead["nurture_sequence_id"] = self.campaign.id
        self.story.nurtured_until.append(None)

    def _as_of(self, step: Step, at: datetime) -> Snapshot:
        replied_at = self.story.replied_at
        heard = replied_at if replied_at and replied_at <= at else None
        return replace(self.snapshot, step=step, lead=_facts(self.story, at), replied_at=heard)

    def _settle(self, step: Step, at: datetime) -> Settled | End | None:
        """What became of the step; None: its message waits for somebody's yes."""
        self.at, outcome = at, decide(self.snapshot, at)
        if isinstance(outcome, Do):
            details, state = self._act(step, at)
            if state is MessageState.HELD:
                return None
            if state is MessageState.SKIPPED:
                self.row["steps_skipped"] += 1
                self._record(step, at, "skipped", reason=DEAD, details=details)
                return Skip(DEAD)
            self.row["steps_completed"] += 1
            self.row["conversion_step_id"] = step.id if self.row["converted"] else None
            self._record(step, at, "done", details=details)
            return Done()
        if isinstance(outcome, Skip):
            self.row["steps_skipped"] += 1
            self._record(step, at, "skipped", reason=outcome.reason)
            return outcome
        assert isinstance(outcome, End), "no lead's automation is paused, all steps are readable"
        return outcome

    def _act(self, step: Step, at: datetime) -> tuple[dict[str, Any], MessageState | None]:
        """Carry the step out; what its decision says about it, and how its message stands."""
        if isinstance(step.action, SendEmail):
            message = send(self.story, self.row, self.campaign.templates[step.id], step, at)
            return {"message_id": str(message["id"])}, message["state"]
        if isinstance(step.action, MakeTask):
            make_task(self.story, self.row, step, at)
        elif isinstance(step.action, ChangeTags):
            tags = sorted(step.action.add)
            self.story.lead["tags"] = [*self.story.lead["tags"], *tags]
            words = ", ".join(f"+{tag}" for tag in tags)
            self.story.log(Kind.TAG_CHANGED, at, words, step_id=step.id)
        return {}, None

    def _pass_over(self, passed: tuple[Passed, ...], at: datetime) -> None:
        for one in passed:
            self.row["steps_skipped"] += 1
            self._record(one.step, at, "skipped", reason=one.reason)

    def _record(self, step: Step, at: datetime, outcome: str, **more: Any) -> None:
        row = {"enrollment_id": self.row["id"], "step_id": step.id, "outcome": outcome}
        row |= {"reason": None, "details": {}} | more
        self.story.write("step_decisions", at, **row, decided_at=at, created_at=at)
        applicable = len(self.campaign.sequence.steps) - self.row["steps_skipped"]
        done = Decimal(100 * self.row["steps_completed"])
        self.row["completion_rate"] = round(done / applicable, 2) if applicable else Decimal(0)

    def _end(self, at: datetime, status: EnrollmentStatus, reason: str) -> None:
        self.row |= {"status": status, "ended_at": at, "end_reason": reason, "next_execution_at": None}
        self.story.nurtured_until.append(at)
        if status is EnrollmentStatus.COMPLETED:
            self.story.completed.append(at)
        metadata = {"sequence_id": str(self.campaign.id), "status": status}
        self.story.log(Kind.SEQUENCE_ENDED, at, self.campaign.name, outcome=reason, metadata=metadata)


def _enrollment(campaign: Campaign, at: datetime, converted: bool) -> Row:
    return {
        "sequence_id": campaign.id,
        "enrollment_date": at,
        "status": EnrollmentStatus.ACTIVE,
        "completion_rate": Decimal(0),
        **dict.fromkeys(("steps_completed", "steps_skipped", "emails_opened", "emails_clicked"), 0),
        "converted": converted,
        **dict.fromkeys(
            (
                "current_step_id",
                "next_execution_at",
                "due_at",
                "conversion_step_id",
                "ended_at",
                "end_reason",
            ),
        ),
        "paused_at": None,
    }
