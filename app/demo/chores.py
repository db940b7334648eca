"""What is still to be done: the team's tasks, and the days it holds for couples."""

from datetime import datetime, time, timedelta
from typing import Any

from app.demo.bookings import enter_date
from app.demo.story import Story
from app.models.choices import OPEN_STATUSES, DateState, LeadStatus, Priority
from app.models.choices import InteractionType as Kind

TITLES = {
    LeadStatus.NEW: ("Answer the inquiry of {0}", Priority.HIGH),
    LeadStatus.CONTACTED: ("Try {0} again", Priority.MEDIUM),
    LeadStatus.QUALIFIED: ("Write the proposal for {0}", Priority.HIGH),
    LeadStatus.PROPOSAL_SENT: ("Ask {0} about the proposal", Priority.MEDIUM),
    LeadStatus.FOLLOW_UP: ("Call {0} once more", Priority.MEDIUM),
    LeadStatus.NEGOTIATION: ("Settle the contract with {0}", Priority.URGENT),
    LeadStatus.WON: ("Plan the timetable with {0}", Priority.LOW),
}
OVERDUE, TODAY = 0.2, 0.16
"""Shares of the open leads' tasks."""


def leave_chores(story: Story) -> None:
    """One task for most open leads and for some booked ones; a hold for those close to booking."""
    status = story.lead["lead_status"]
    if status in OPEN_STATUSES and story.dice.chance(0.75):
        since = max(at for _, at in story.fate.path if at <= story.now)
        _task(story, status, since, _due(story, since))
    if status is LeadStatus.WON and story.dice.chance(0.3):
        due_at = story.telling.season.at_work(
            story.dice, story.now + timedelta(days=story.dice.uniform(2, 40))
        )
        _task(story, status, story.fate.path[-1][1], due_at)
    if status is LeadStatus.NEGOTIATION and story.lead["wedding_date"]:
        since = story.fate.path[-2][1] if len(story.fate.path) > 2 else story.created_at
        enter_date(
            story, min(since, story.now), DateState.HELD, story.now + timedelta(days=story.dice.uniform(1, 7))
        )


def _due(story: Story, since: datetime) -> datetime:
    """Mostly in the coming days; some today, some overdue, though never before the lead was there."""
    dice, now, season = story.dice, story.now, story.telling.season
    drawn = dice.random()
    if drawn < OVERDUE and now - since > timedelta(days=2):
        return season.at_work(dice, now - (now - since) * dice.uniform(0.1, 0.7))
    if drawn < OVERDUE + TODAY:
        today = now.astimezone(season.zone).date()
        return datetime.combine(today, time(dice.randint(12, 21), dice.choice((0, 15, 30, 45))), season.zone)
    return season.at_work(dice, now + timedelta(days=dice.uniform(0.6, 14)))


def _task(story: Story, status: LeadStatus, since: datetime, due_at: datetime) -> None:
    title, priority = TITLES[status]
    add_task(
        story,
        since,
        title=title.format(f"{story.couple.first} & {story.couple.partner}"),
        priority=priority,
        due_at=due_at,
    )


def add_task(story: Story, at: datetime, **task: Any) -> None:
    """A task for whoever looks after the lead; the earliest open one is its next follow-up."""
    row = {
        "description": None,
        "task_type": "follow_up",
        "completed_at": None,
        "enrollment_id": None,
        "sequence_step_id": None,
        **task,
    }
    by = story.member.user_id
    done_at = row["completed_at"]
    story.add("tasks", done_at or at, assigned_to_user_id=by, created_at=at, updated_at=done_at or at, **row)
    if done_at:
        story.log(Kind.TASK_COMPLETED, done_at, row["title"], user_id=by)
    else:
        known = story.lead["next_follow_up_at"]
        story.lead["next_follow_up_at"] = min(known or row["due_at"], row["due_at"])
