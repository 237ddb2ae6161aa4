"""The option that names a store, the same wherever it stands."""

from __future__ import annotations

from coach.cli.streams import tell

WARNING = (
    "The database's URL holds a password, and whoever is on this computer can read it in the list of processes.\n"
    "Leave it out of the URL, and put it into PGPASSWORD or ~/.pgpass."
)


def named(url: str | None) -> str | None:
    """Return a store's URL as it was typed, and warn where a password stands in it."""
    if url is not None and _has_password(url):
        for line in WARNING.splitlines():
            tell(line)
    return url


def _has_password(url: str) -> bool:
    scheme, found, rest = url.partition("://")
    if not found or scheme.startswith("sqlite"):
        return False
    address, _, query = rest.partition("?")
    user, at, _ = address.rpartition("@")
    return (bool(at) and ":" in user) or any(part.startswith("password=") for part in query.split("&"))
