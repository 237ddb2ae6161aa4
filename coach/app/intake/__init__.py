"""Intake: which recordings there are, and what is known of each before it is heard."""
