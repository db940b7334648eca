"""The pages. `install` puts them on the app; accounts' pages join here too."""

from flask import Flask

from app.web import (
    accounts,
    assets,
    badges,
    dashboard,
    errors,
    formats,
    headers,
    inquiries,
    lead,
    lead_list,
    navigation,
    outbox,
    score_words,
    settings,
    unsubscribe,
    viewer,
)


def install(app: Flask) -> None:
    for part in (headers, assets, badges, formats, score_words, navigation, viewer, errors, lead):
        part.install(app)
    for blueprint in (
        page.blueprint for page in (accounts, dashboard, inquiries, lead_list, outbox, settings, unsubscribe)
    ):
        app.register_blueprint(blueprint)
