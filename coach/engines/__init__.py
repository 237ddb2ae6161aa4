"""Where work on many calls runs: processes of this machine, or Ray."""
