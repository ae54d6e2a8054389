"""Every play there is. Adding one: a file here, a line in ALL, its texts in templates/<name>/."""

from chalicelib.outreach.plays import payment_will_fail
from chalicelib.outreach.plays.base import Play

ALL: tuple[Play, ...] = (payment_will_fail.PLAY,)
BY_NAME = {play.name: play for play in ALL}
