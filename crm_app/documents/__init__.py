"""Value in, bytes out: never a table, never a session."""
