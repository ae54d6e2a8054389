"""AWS edges: each a Protocol and the real thing. Nothing here decides anything.

The mailer has a recording twin, which stands for SES where no emulator tells what it accepted.
"""
