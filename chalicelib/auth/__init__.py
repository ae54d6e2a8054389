"""Who may do what: scopes, machine keys, short-lived tokens and the signed links customers get by mail."""
