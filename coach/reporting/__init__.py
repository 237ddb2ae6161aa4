"""A review becomes files that people and programs read."""
