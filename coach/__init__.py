"""Turn recordings of support calls into coaching, offline."""

__version__ = "0.1.0"
