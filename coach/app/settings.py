"""Settings: what may be set, where each value came from, and which of them wins.

A flag wins over the environment, that over ``coach.toml`` in the working folder, that over the user's own
file, that over the recipe, that over the default.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import platformdirs

from coach.app.intake.patterns import Pattern
from coach.conversation import ConfigurationError, UsageError
from coach.nearest import did_you_mean
from coach.privacy.kinds import DEFAULT, KINDS, Cover

PROJECT_FILE = "coach.toml"
ENVIRONMENT = "COACH_"
COMMAND_LINE = "the command line"
FORMATS = ("html", "json", "md", "csv", "vtt")
CHANNELS = ("left", "right")
DEVICES = ("auto", "cpu", "cuda", "mps")
COVERS: tuple[Cover, ...] = ("silence", "beep")
MASKED = tuple(kind for kind in KINDS if kind in DEFAULT)
_LARGEST_FILE = 1_000_000  # bytes: a configuration file is a page, not a book

Value = str | bool | float | tuple[str, ...] | Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that may be set.

    Attributes:
        help: One line for people.
        default: What holds when nobody says otherwise.
        read: Turns a raw value from TOML, the environment or a flag into the real one.
        result: Whether a review's findings depend on it, so that it enters the fingerprint.
    """

    help: str
    default: Value
    read: Callable[[object], Value]
    result: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and its origin, in words that a person can act on."""

    value: Value
    origin: str


@dataclass(frozen=True, slots=True)
class Held:
    """A value given with the flags that holds whatever any other place says, and who holds it."""

    value: Value
    by: str


def _text(raw: object) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError("expected some text")
    if "\0" in raw:
        raise ValueError("expected text without a zero character")
    return raw.strip()


def _path(raw: object) -> str:
    """Read a path or a name; ``~`` stands for the home folder, which no shell has put in place here."""
    text = _text(raw)
    try:
        return str(Path(text).expanduser()) if text.startswith("~") else text
    except RuntimeError as error:
        raise ValueError("the home folder that ~ stands for is not known") from error


def _one_of(*allowed: str) -> Callable[[object], Value]:
    def read(raw: object) -> Value:
        if raw not in allowed:
            raise ValueError(f"expected one of {', '.join(allowed)}")
        return str(raw)

    return read


def _yes_or_no(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if not isinstance(raw, str) or raw.lower() not in known:
        raise ValueError("expected true or false")
    return known[raw.lower()]


def _positive(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueError("expected a number above 0")
    try:
        number = float(raw)
    except ValueError:
        number = -1.0
    if not 0 < number < float("inf"):
        raise ValueError("expected a number above 0")
    return number


def _formats(raw: object) -> tuple[str, ...]:
    names = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        raise ValueError(f"expected a list of {', '.join(FORMATS)}")
    wanted = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
    if not wanted:
        raise ValueError(f"expected a list of {', '.join(FORMATS)}")
    for name in wanted:
        if name not in FORMATS:
            raise ValueError(f'there is no format "{name}"; {did_you_mean(name, FORMATS)}')
    return wanted


def _masked(raw: object) -> tuple[str, ...]:
    """Read the types to mask: a list of them, or what to add to the usual ones and take away, ``+name, -phone``."""
    names = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"expected a list of {', '.join(KINDS)}")
    given = [name.strip() for name in names if name.strip()]
    changes = [name for name in given if name[0] in "+-"]
    if not given or (changes and len(changes) < len(given)):
        raise ValueError("expected a list of types, or of changes to the usual ones, such as +name and -phone")
    for name in given:
        if name.lstrip("+-") not in KINDS:
            raise ValueError(f'there is no type "{name.lstrip("+-")}"; {did_you_mean(name.lstrip("+-"), KINDS)}')
    wanted = set() if not changes else set(MASKED)
    for name in given:
        wanted = wanted - {name[1:]} if name[0] == "-" else wanted | {name.lstrip("+")}
    if not wanted:
        raise ValueError("expected at least one type")
    return tuple(kind for kind in KINDS if kind in wanted)


def _channel(raw: object) -> Value:
    """Read ``left``, ``right``, or a table of file patterns to channels: one phone system, one habit."""
    if isinstance(raw, Mapping):
        if not all(isinstance(k, str) and v in CHANNELS for k, v in raw.items()):
            raise ValueError('expected left or right for each source, such as "*-out.wav" = "left"')
        return dict(raw)
    if raw not in CHANNELS:
        raise ValueError("expected left or right, or a table of file patterns")
    return str(raw)


def _sources(raw: object) -> Value:
    """Read a table of patterns for the names of recordings, by any name of your own."""
    if not isinstance(raw, Mapping) or not all(isinstance(k, str) and isinstance(v, str) for k, v in raw.items()):
        raise ValueError("expected a table of patterns, such as desk = '(?P<agent>[a-z]+)_(?P<date>[0-9]{8})'")
    for name, text in raw.items():
        Pattern.of(name, text)
    return dict(raw)


def _timezone(raw: object) -> str:
    name = _text(raw)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = did_you_mean(name, available_timezones()) if "/" in name else "a name such as America/Chicago is needed"
        raise ValueError(f'there is no time zone "{name}"; {near}') from None
    return name


KEYS: Mapping[str, Key] = {
    "agent": Key("name or number of the agent, as the report shows it", None, _text),
    "agent_channel": Key("which channel is the agent's, or a table of file patterns", None, _channel),
    "out": Key("folder for the reports", "coaching", _path),
    "formats": Key(f"what to write: {', '.join(FORMATS)}", ("html", "json"), _formats),
    "recipe": Key("name of a recipe, or a path to one", "solo", _path),
    "transcriber": Key("auto, bundled, a pulled model's name, or a model's folder", "auto", _path, result=True),
    "diarizer": Key("auto, bundled, none, or pyannote: and a folder: tells mono apart", "auto", _text, result=True),
    "semantic": Key("auto or off: whether a pulled sentence model helps to judge", "auto", _one_of("auto", "off")),
    "device": Key("where models run", "auto", _one_of(*DEVICES)),
    "embed": Key("whether the report carries the sound", default=True, read=_yes_or_no),
    "embed_minutes": Key("longest call whose sound stands inside the page", 20.0, _positive),
    "you_first": Key("whether a report asks for your own view first", default=True, read=_yes_or_no),
    "library": Key("whether your reviews are added to your own library", default=True, read=_yes_or_no),
    "max_hours": Key("longest recording that is taken", 4.0, _positive),
    "rubric": Key("name of a rubric, or a path to one", "support", _path, result=True),
    "mask": Key(f"what is masked: {', '.join(KINDS)}", MASKED, _masked, result=True),
    "mask_sound": Key("what is heard where something was masked", "silence", _one_of(*COVERS)),
    "redact_original": Key("whether the recording itself loses what was masked", default=False, read=_yes_or_no),
    "models": Key("folder that holds pulled models", None, _path),
    "sources": Key("patterns that tell what recordings are by their names", None, _sources),
    "timezone": Key("time zone of times that name none, such as America/Chicago", None, _timezone),
}


@dataclass(frozen=True)
class Settings:
    """Every key with its value and origin."""

    values: Mapping[str, Setting]

    def __getitem__(self, name: str) -> Value:
        return self.values[name].value

    def text(self, name: str) -> str:
        """Return a value that is always text."""
        return str(self[name])

    def number(self, name: str) -> float:
        """Return a value that is always a number."""
        value = self[name]
        if not isinstance(value, int | float):
            raise TypeError(f"{name} is not a number")
        return float(value)

    def flag(self, name: str) -> bool:
        """Return a value that is always yes or no."""
        return bool(self[name])

    @property
    def formats(self) -> tuple[str, ...]:
        """What to write."""
        value = self["formats"]
        return value if isinstance(value, tuple) else FORMATS[:2]

    @property
    def masked(self) -> tuple[str, ...]:
        """Types of private data that are masked."""
        value = self["mask"]
        return value if isinstance(value, tuple) else MASKED

    @property
    def cover(self) -> Cover:
        """What is heard where something was masked."""
        return "beep" if self["mask_sound"] == "beep" else "silence"

    def channel_for(self, recording: Path) -> tuple[str | None, str]:
        """Return which channel is the agent's in a recording, and the origin of that, ``None`` when unset."""
        setting = self.values["agent_channel"]
        if isinstance(setting.value, Mapping):
            for pattern, channel in setting.value.items():
                if recording.match(pattern):
                    return channel, f'{setting.origin}, for "{pattern}"'
            return None, setting.origin
        return (str(setting.value) if setting.value is not None else None), setting.origin


def user_file() -> Path:
    """Return where the user's own settings live."""
    return platformdirs.user_config_path("coach") / "config.toml"


def gather(
    flags: Mapping[str, object],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    recipe: Mapping[str, object] | None = None,
    recipe_origin: str = "the recipe",
) -> Settings:
    """Return every setting from all the places that may set it.

    Args:
        flags: From the command line; ``None`` means not given. One that is :class:`Held` nobody sets otherwise.
        environment: Defaults to the process's own.
        folder: Where ``coach.toml`` may lie; defaults to the working folder.
        recipe: The recipe's ``[settings]``.
        recipe_origin: What messages call the recipe.

    Raises:
        UsageError: A flag has a value that cannot be.
        ConfigurationError: Another place has one, or names an unknown key.
    """
    project = (folder or Path.cwd()) / PROJECT_FILE
    mine = user_file()
    layers = [
        ("the default", {}),
        (recipe_origin, dict(recipe or {})),
        (str(mine), _read_file(mine)),
        (PROJECT_FILE, _read_file(project)),
        ("the environment", _from_environment(os.environ if environment is None else environment)),
    ]
    found = {name: Setting(key.default, "default") for name, key in KEYS.items()}
    for origin, values in layers:
        found.update(_checked(values, origin, ConfigurationError))
    given = {name: value for name, value in flags.items() if value is not None and not isinstance(value, Held)}
    found.update(_checked(given, COMMAND_LINE, UsageError))
    found.update({name: Setting(one.value, one.by) for name, one in flags.items() if isinstance(one, Held)})
    return Settings(found)


def _checked(
    values: Mapping[str, object], origin: str, failure: type[ConfigurationError] | type[UsageError]
) -> dict[str, Setting]:
    checked = {}
    for name, raw in values.items():
        shown = f"{ENVIRONMENT}{name.upper()}" if origin == "the environment" else origin
        if name not in KEYS:
            raise failure(f'{shown}: there is no setting "{name}"; {did_you_mean(name, KEYS)}')
        try:
            value = KEYS[name].read(raw)
        except ValueError as error:
            raise failure(f"{shown}: {name}: {error}.") from error
        checked[name] = Setting(value, shown)
    return checked


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    """Return the settings among the environment's variables; other programs' are let be."""
    return {
        name.removeprefix(ENVIRONMENT).lower(): value
        for name, value in environment.items()
        if name.startswith(ENVIRONMENT) and value and name not in RESERVED
    }


RESERVED = frozenset({"COACH_UPDATE_GOLDEN", "COACH_HUB"})
"""Variables with our prefix that are not settings: one is the tests', one says where models are pulled from."""


def _read_file(path: Path) -> dict[str, object]:
    """Return a configuration file's keys; a missing file says nothing."""
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error
    if len(raw) > _LARGEST_FILE:
        raise ConfigurationError(f"{path} is larger than a settings file can be (1 MB).")
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except RecursionError:
        raise ConfigurationError(f"{path} is not a valid settings file: it is nested too deeply.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not a valid settings file: {error}.") from error
