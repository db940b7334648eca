"""The REST surface. `install` puts it on the app."""

from flask import Flask

from app.accounts.security import csrf
from app.rest import (
    analytics,
    branding,
    bulk,
    conversions,
    docs,
    email_templates,
    enrollments,
    interactions,
    leads,
    merges,
    nurture_figures,
    nurture_sequences,
    nurture_steps,
    nurture_versions,
    saved_views,
    score_adjustments,
    scores,
    scoring_groups,
    scoring_rules,
    scoring_versions,
    sender_domains,
    sms_templates,
    suppressions,
    task_templates,
    tasks,
    template_tokens,
)

SCORING = (score_adjustments, scores, scoring_groups, scoring_rules, scoring_versions)
LEADS = (bulk, conversions, interactions, leads, merges)
NURTURE = (enrollments, nurture_figures, nurture_sequences, nurture_steps, nurture_versions)
SENDING = (branding, sender_domains, suppressions)
TEMPLATES = (email_templates, sms_templates, task_templates, template_tokens)
PARTS = (analytics, *LEADS, *NURTURE, saved_views, *SCORING, *SENDING, tasks, *TEMPLATES)


def install(app: Flask) -> None:
    for blueprint in (part.blueprint for part in PARTS):
        csrf.exempt(blueprint)  # the door has a check of its own, for JSON
        app.register_blueprint(blueprint)
    app.register_blueprint(docs.blueprint)
