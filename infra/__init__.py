"""Builds, deploys and looks after Liana, on AWS and on the embedded local cloud: `python -m infra --help`.

Nothing here runs inside a Lambda, and nothing in `chalicelib` imports it.
"""
