"""The company's app: as the web form, with a customer who is signed in."""

from chalicelib.channels.base import Channel, Reporter

CHANNEL = Channel(name="app", reported_by=Reporter.CUSTOMER)
