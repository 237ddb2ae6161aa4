"""Findings become skills, one thing to keep and one to try."""
