"""Liana's table of contents: every trigger and page is registered here, and nothing else happens."""

from chalice import Chalice

from chalicelib.auth.access import demand_permissions
from chalicelib.triggers import (
    api,
    authorizer,
    background,
    delivery,
    facts_in,
    follow_ups,
    inbound_mail,
    mail_feedback,
    publishing,
    relay,
    replaying,
    schedule,
    webhooks_out,
)
from chalicelib.web import (
    article_images,
    help_centre,
    help_contact,
    help_links,
    preferences,
    ratings,
    reference,
    sign_in,
)

app = Chalice(app_name="liana")
app.api.binary_types = list(article_images.ASKED_FOR)

for blueprint in (
    inbound_mail.bp,
    mail_feedback.bp,
    facts_in.bp,
    relay.bp,
    follow_ups.bp,
    delivery.bp,
    background.bp,
    publishing.bp,
    webhooks_out.bp,
    schedule.bp,
    replaying.bp,
    authorizer.bp,
    api.bp,
    preferences.bp,
    sign_in.bp,
    ratings.bp,
    help_centre.bp,
    help_contact.bp,
    help_links.bp,
    article_images.bp,
    reference.blueprint(api.document),
):
    app.register_blueprint(blueprint)

demand_permissions(
    (method, path, entry.view_function) for path, methods in app.routes.items() for method, entry in methods.items()
)
