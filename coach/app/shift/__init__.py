"""A shift: many calls of many people, summed so that nobody in them can be wronged by a number."""
