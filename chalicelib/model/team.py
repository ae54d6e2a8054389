"""A team: some of a company's agents, and the customers only they serve."""

TEAM = "[a-z0-9-]{1,40}"  # its name
