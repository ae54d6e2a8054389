"""What the API gives, field by field: the one source of its OpenAPI schemas, and of what of the model is shown.

It grows by new fields without a new version; an empty string means unknown. Times are RFC 3339 in UTC, ids are
ULIDs, money is whole minor units and an ISO 4217 code.

A module for each subject, as in the API.
"""
