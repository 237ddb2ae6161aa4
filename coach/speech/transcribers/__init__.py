"""Engines that turn cuts of sound into words."""
