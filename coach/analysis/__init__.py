"""A conversation becomes findings: one file a listening skill."""
