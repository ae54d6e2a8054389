"""Named audiences: who meets their conditions now, and when time will change it."""
