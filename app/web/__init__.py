"""The pages. `install` puts them on the app; accounts' pages join here too."""

from flask import Flask

from app.web import (
    accounts,
    assets,
    badges,
    calendar,
    dashboard,
    errors,
    feeds,
    formats,
    hooks,
    inquiries,
    lead,
    lead_list,
    message_templates,
    navigation,
    outbox,
    preferences,
    rule_words,
    score_words,
    scoring,
    search,
    sequence_words,
    sequences,
    settings,
    sparkline,
    suppressions,
    tasks,
    tracking,
    unsubscribe,
    viewer,
)

PAGES = (
    *(accounts, calendar, dashboard, feeds, hooks, inquiries, lead_list, message_templates),
    *(outbox, preferences, scoring, search, sequences, settings, suppressions, tasks, tracking),
    unsubscribe,
)


def install(app: Flask) -> None:
    look = (assets, badges, formats, rule_words, score_words, sequence_words, sparkline)
    parts = (*look, navigation, viewer, errors, lead)
    for part in parts:
        part.install(app)
    for page in PAGES:
        app.register_blueprint(page.blueprint)
