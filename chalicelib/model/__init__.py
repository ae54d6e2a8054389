"""The words of the house: one file per domain word, frozen dataclasses and enums, nothing else.

`version` is None on what was never stored; storage sets it, rules carry it along with dataclasses.replace.
"""
