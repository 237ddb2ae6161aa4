"""Transcripts that other programs wrote, read with care: they are untrusted text."""
