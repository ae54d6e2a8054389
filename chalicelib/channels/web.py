"""The company's web form: a customer writes, our API is told."""

from chalicelib.channels.base import Channel, Reporter

CHANNEL = Channel(name="web", reported_by=Reporter.CUSTOMER)
