"""Every play there is. Adding one: a file here, a line in ALL, its texts in templates/<name>/."""

from chalicelib.outreach.plays import payment_will_fail, tier_will_change
from chalicelib.outreach.plays.base import Play

ALL: tuple[Play, ...] = (payment_will_fail.PLAY, tier_will_change.PLAY)
BY_NAME = {play.name: play for play in ALL}
