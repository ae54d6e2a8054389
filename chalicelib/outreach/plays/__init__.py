"""Every play there is. Adding one: a file here, a line in ALL, its texts in templates/<name>/."""

from chalicelib.outreach.plays import (
    account_problem_ahead,
    channel_invitation,
    first_steps,
    incident,
    life_event_ahead,
    lingering,
    payment_will_fail,
    promise_about_to_break,
    question_answered,
    recovery_follow_up,
    silent_key_customer,
    tier_will_change,
)
from chalicelib.outreach.plays.base import Play

ALL: tuple[Play, ...] = (
    payment_will_fail.PLAY,
    account_problem_ahead.PLAY,
    life_event_ahead.PLAY,
    lingering.PLAY,
    incident.PLAY,
    question_answered.PLAY,
    first_steps.PLAY,
    silent_key_customer.PLAY,
    promise_about_to_break.PLAY,
    recovery_follow_up.PLAY,
    channel_invitation.PLAY,
    tier_will_change.PLAY,
)
BY_NAME = {play.name: play for play in ALL}
