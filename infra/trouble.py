"""The one exception of infra, so that no operator has to read a traceback."""


class Trouble(Exception):
    """Something the operator can put right: one line that says what is wrong and what to do about it."""
