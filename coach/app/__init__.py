"""The use cases: what the command line and the night run call."""
