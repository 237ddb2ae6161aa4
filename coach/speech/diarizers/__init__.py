"""Engines that tell apart the parties of a call on one channel."""
