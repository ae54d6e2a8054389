"""What a stage is told by its environment: read once, when first asked for, never at import.

infra/resources.yaml sets every variable here; docs/operations.md describes them; tests keep the three in
step.
"""

import os
from dataclasses import dataclass, fields
from functools import cache


@dataclass(frozen=True, slots=True)
class Settings:
    stage: str = "dev"  # name of the deployment: dev, prod …
    target: str = "aws"  # aws, or local for the embedded cloud
    table_name: str = ""  # the one DynamoDB table
    bucket_name: str = ""  # raw mail and long bodies
    mail_queue_url: str = ""  # arrivals; the reconciler puts back what was missed
    follow_ups_queue_url: str = ""  # lane of what customers wait for
    outreach_queue_url: str = ""  # lane of what can wait
    background_queue_url: str = ""  # lane of what takes minutes
    events_queue_url: str = ""  # lane of what others are told of
    webhooks_queue_url: str = ""  # lane of what webhooks are sent
    relay_dead_letters_url: str = ""  # outbox records the relay could not read
    sender_address: str = ""  # From of what we send: a mailbox customers may write to
    inbound_domain: str = ""  # domain whose mail SES hands to us; reply addresses are made in it
    configuration_set: str = ""  # SES configuration set whose events tell us what became of a mail
    keys_parameter: str = ""  # SSM parameter with the signing keys
    sending: str = "off"  # on: customers get mail; off: what would be sent is held and kept
    sms: str = "off"  # the number, pool or name texts are sent from (End User Messaging); off: none are
    events: str = "off"  # on: every domain event is put on the event bus
    event_bus: str = ""  # its name
    staff: str = ""  # addresses and @domains, by commas, whose proven mail may command: "@fwd" opens a customer's case
    notify: str = ""  # addresses, by commas, that hear of every promise at risk or broken
    company_name: str = "Example Company"  # as customers know it
    default_timezone: str = "UTC"  # IANA name, for customers whose own is unknown
    default_currency: str = "USD"  # ISO 4217; the books are kept in it
    retention: str = ""  # days by kind, as "look=400 usage=400"; what is not named keeps its default
    tiers: str = ""  # JSON that replaces the built-in tiers; empty: built-in
    calendar: str = ""  # JSON: when the company is open, which promises are counted in; empty: always
    delay_mail: str = "on"  # on: customers are told before a promise to them breaks
    contact_costs: str = ""  # JSON, channel: minor units a contact costs; empty: published averages
    urgency: str = ""  # JSON: points by tier, topic and mood; empty: built-in
    recovery: str = ""  # JSON: how bad contacts are followed; empty: built-in
    ratings: str = ""  # JSON: which solved cases are asked about; empty: none
    knowledge: str = ""  # JSON: how the knowledge base is looked after; empty: built-in
    outreach: str = ""  # JSON: how often, when and whom plays contact; empty: built-in
    mood: str = "own"  # who judges how a contact sounds: own, comprehend (asked as well), off
    touchpoints: str = ""  # JSON: who sees to a contact by channel, tier and hour; empty: one queue for everybody
    case_fields: str = ""  # JSON: the company's own fields of cases; empty: none
    ses_message_id_domain: str = "email.amazonses.com"  # what SES puts behind the @ of its Message-IDs
    oidc_issuer: str = ""  # by whom staff sign in (OpenID Connect); empty: by codes that come by mail
    oidc_client_id: str = ""  # as whom the issuer knows us
    oidc_domains: str = ""  # whose people are added when they first sign in: example.com=agent, by commas
    base_url: str = ""  # public address of the API and pages, no slash at the end; senders need it

    @property
    def sending_on(self) -> bool:
        return self.sending == "on"

    def role_of_domain(self, domain: str) -> str | None:
        """The role of whoever signs in by the issuer with an address of this domain; None: she has to be listed."""
        pairs = (entry.partition("=") for entry in self.oidc_domains.split(",") if entry.strip())
        return {name.strip().lower(): role.strip() for name, _, role in pairs}.get(domain)

    @property
    def events_on(self) -> bool:
        return self.events == "on"

    @property
    def delays_told(self) -> bool:
        return self.delay_mail == "on"


@cache
def settings() -> Settings:
    """The stage's settings, an empty variable being none; a test that changes them clears the cache."""
    told = {f.name: os.environ.get(f.name.upper(), "") for f in fields(Settings)}
    return Settings(**{name: value for name, value in told.items() if value})
