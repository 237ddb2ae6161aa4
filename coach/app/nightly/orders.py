"""What a night is to do: the ``[night]`` table of a recipe."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, get_args

from coach.app.recipe import load_recipe
from coach.app.report_folder import folder_at
from coach.coaching import toml
from coach.conversation import ConfigurationError, UsageError
from coach.engines.choose import NAMES
from coach.nearest import did_you_mean

Security = Literal["starttls", "tls", "none"]

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})

_KEYS = ("inbox", "manifest", "out", "store", "policy", "settle", "jobs", "engine", "address", "keep_days", "mail")
_MAIL = ("to", "from", "host", "port", "security", "user", "password_file", "link")
_ADDRESS = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+")
_LONGEST_SETTLE = 3600.0
_PORTS: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True, slots=True)
class Mail:
    """Where the digest is mailed to: counts and links, and nothing of any call.

    Attributes:
        to: Addresses.
        sender: Address.
        host: The mail server: with ``coach models pull`` the only thing that coach ever connects to.
        port: Of the server.
        security: ``starttls``, ``tls``, or ``none`` for a server on this computer.
        user: For the server; ``None`` where it asks for none.
        password_file: A file that holds the password and nothing else; it stands on no command line.
        link: What the pages' folder is called for readers of the mail; ``None`` names no link.
    """

    to: tuple[str, ...]
    sender: str
    host: str
    port: int
    security: Security
    user: str | None = None
    password_file: Path | None = field(default=None, repr=False)
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Night:
    """What a night is to do.

    Attributes:
        recipe: Its name or path, for the workers.
        inbox: Files, folders, addresses that recordings arrive in.
        out: Folder of the reports and pages; text where it is an address.
        manifest: A table that tells of recordings.
        store: URL or file of the shift's store; the user's own when ``None``.
        policy: File of the agreement; the user's own when ``None``.
        settle: Seconds for which a file must have been still to be whole.
        jobs: Calls at once; as the machine has room for when ``None``.
        engine: ``local`` or ``ray``.
        address: Of a Ray cluster.
        keep_days: Days that results are kept, where that is fewer than what was agreed on.
        mail: Where the digest goes; ``None`` for nowhere.
    """

    recipe: str
    inbox: tuple[str, ...]
    out: Path | str
    manifest: Path | None = None
    store: str | None = None
    policy: Path | None = None
    settle: float = 30.0
    jobs: int | None = None
    engine: str = "local"
    address: str | None = None
    keep_days: int | None = None
    mail: Mail | None = None


def load_night(name: str) -> Night:
    """Return what a recipe says of the night.

    Args:
        name: A recipe's name or the path of its TOML file; paths in it are relative to that file.

    Raises:
        ConfigurationError: There is no such recipe, or it says something that cannot be.
    """
    recipe = load_recipe(name)
    if not recipe.night:
        raise ConfigurationError(
            f"{recipe.origin} has no [night], so there is nothing to do at night. docs/nights.md shows how one begins."
        )
    where = f"[night] of {recipe.origin}"
    base = Path(name).expanduser().resolve().parent if name.endswith(".toml") else Path.cwd()
    return _night(recipe.night, where, base, name)


def _night(table: Mapping[str, object], where: str, base: Path, name: str) -> Night:
    toml.known(table, _KEYS, where)
    read = _Reader(table, where, base)
    inbox = toml.texts(table, "inbox", where)
    if not inbox or not all(one.strip() and one.isprintable() for one in inbox):
        raise ConfigurationError(f'{where}: inbox names no folder. Write it as inbox = ["/srv/recordings"].')
    return Night(
        recipe=str(Path(name).expanduser().resolve()) if name.endswith(".toml") else name,
        inbox=tuple(one if "://" in one else str(_path(base, one)) for one in inbox),
        out=_out(read) or _path(base, "coaching"),
        manifest=read.path("manifest"),
        store=_store(read.text("store"), base),
        policy=read.path("policy"),
        settle=read.number("settle", 30.0, _LONGEST_SETTLE),
        jobs=read.whole("jobs", 256),
        engine=_engine(read),
        address=read.text("address"),
        keep_days=read.whole("keep_days", 366),
        mail=_mail(_table(table, where), where.replace("[night]", "[night.mail]"), base) if "mail" in table else None,
    )


def _mail(table: Mapping[str, object], where: str, base: Path) -> Mail:
    toml.known(table, _MAIL, where)
    read = _Reader(table, where, base)
    to = toml.texts(table, "to", where)
    sender, host = read.text("from"), read.text("host")
    if not to or sender is None or host is None:
        raise ConfigurationError(f"{where}: a mail needs to, from and host. Fill them in, or take the table out.")
    for address in (*to, sender):
        if not _ADDRESS.fullmatch(address) or not address.isascii() or not address.isprintable():
            raise ConfigurationError(f'{where}: "{address[:80]}" is no address. Write it as ann@example.org.')
    security = _security(read.text("security") or ("none" if host in LOOPBACK else "starttls"), where)
    password_file = read.path("password_file")
    if security == "none" and host not in LOOPBACK and password_file is not None:
        raise ConfigurationError(
            f'{where}: a password would go to {host} for anybody to read. Set security = "starttls" or "tls".'
        )
    if (read.text("user") is None) != (password_file is None):
        raise ConfigurationError(
            f"{where}: user and password_file go together. Name the file that holds the password, or leave both out."
        )
    port = read.whole("port", 65535)
    return Mail(
        to, sender, host, port or _PORTS[security], security, read.text("user"), password_file, read.text("link")
    )


def _table(table: Mapping[str, object], where: str) -> Mapping[str, object]:
    found = table["mail"]
    if not isinstance(found, Mapping):
        raise ConfigurationError(f"{where}: mail should be a table of its own. Begin it with [night.mail].")
    return found


def _engine(read: _Reader) -> str:
    name = read.text("engine") or NAMES[0]
    if name not in NAMES:
        raise ConfigurationError(f'{read.where}: there is no engine "{name[:40]}"; {did_you_mean(name, NAMES)}')
    if read.text("address") is not None and name != "ray":
        raise ConfigurationError(f'{read.where}: address is that of a Ray cluster. Set engine = "ray", or take it out.')
    return name


def _security(text: str, where: str) -> Security:
    known: tuple[Security, ...] = get_args(Security)
    for one in known:
        if text == one:
            return one
    raise ConfigurationError(f'{where}: security is "starttls", "tls" or "none", not "{text[:40]}".')


def _out(read: _Reader) -> Path | str | None:
    text = read.text("out")
    if text is None or "://" not in text:
        return read.path("out")
    try:
        folder_at(text)
    except UsageError as error:
        raise ConfigurationError(f"{read.where}: out: {error}") from error
    return text


def _store(text: str | None, base: Path) -> str | None:
    return text if text is None or "://" in text else str(_path(base, text))


def _path(base: Path, text: str) -> Path:
    return base / Path(text).expanduser()


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the values of a table."""

    table: Mapping[str, object]
    where: str
    base: Path

    def text(self, key: str) -> str | None:
        value = self.table.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip() or any(not c.isprintable() for c in value):
            raise ConfigurationError(f"{self.where}: {key} should be some text on one line.")
        return value.strip()

    def path(self, key: str) -> Path | None:
        text = self.text(key)
        return None if text is None else _path(self.base, text)

    def number(self, key: str, default: float, most: float) -> float:
        return toml.number(self.table, key, self.where, most=most) if key in self.table else default

    def whole(self, key: str, most: int) -> int | None:
        value = self.table.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise ConfigurationError(f"{self.where}: {key} should be a whole number from 1 to {most}.")
        return value
