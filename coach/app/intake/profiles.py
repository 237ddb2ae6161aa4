"""Names and folders of phone systems whose makers, or whose source code, say in public what they mean.

Systems without such a description have no profile: a pattern or a manifest serves them. What each profile reads
and where that is written stands in ``docs/phone-systems.md``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from coach.app.intake.known import Known, Told
from coach.app.intake.shown import is_private
from coach.app.intake.times import Zone, from_epoch, offset_of
from coach.speech.importing.untrusted import clean
from coach.speech.sidecar import MAX_BYTES, claim_from_name, read_regular

_SLOWEST_DIALPLAN = timedelta(minutes=5)
_QUARTER = timedelta(minutes=15)
_WESTMOST, _EASTMOST = timedelta(hours=-12), timedelta(hours=14)
_PARTS_OF_AN_HOUR = {timedelta(minutes=minutes) for minutes in (0, 30, 45)}  # that zones differ from UTC by


@dataclass(frozen=True, slots=True)
class Named:
    """A recording as far as its place tells of it.

    Attributes:
        path: With ``/`` between its parts; of an address the path in it.
        local: Where it lies here; ``None`` for an address.
        zone: For times that name none.
    """

    path: PurePosixPath
    local: Path | None
    zone: Zone


Profile = Callable[[Named], Told | None]
"""Returns what a place tells, ``None`` where it is no place of that system's."""

_FREEPBX = re.compile(
    r"(?P<type>out|in|external|internal|exten|q|rg|force|generic|conf|page)-(?P<called>[^-]*)-(?P<from>[^-]*)"
    r"-(?P<date>\d{8})-(?P<time>\d{6})-(?P<unique>(?:[A-Za-z]\w*-)?(?P<epoch>1\d{9})\.\d+)(?P<half>-in|-out)?\.\w+",
    re.IGNORECASE | re.ASCII,
)
_FROM_CUSTOMER = frozenset({"in", "external", "q", "rg"})
_DIRECTIONS = {**dict.fromkeys(_FROM_CUSTOMER, "inbound"), "out": "outbound", "internal": "internal"}
_NOBODY = {
    "q": "The name of a queue's recording does not say who answered it.",
    "rg": "The name of a ring group's recording does not say who answered it.",
    "in": "The name of an inbound route's recording does not say who answered it.",
    "internal": "In a call between two extensions the name does not say which of them is the agent.",
}


def freepbx(named: Named) -> Told | None:
    """Read ``type-called-from-YYYYMMDD-HHMMSS-uniqueid``, as FreePBX and Issabel call what they record."""
    found = _FREEPBX.fullmatch(named.path.name)
    if found is None:
        return None
    kind, source = found["type"].lower(), "the file's name, as FreePBX gives it"
    known = {"id": Known(found["unique"], source)}
    notes: list[str] = []
    if kind in _DIRECTIONS:
        known["direction"] = Known(_DIRECTIONS[kind], source)
    agent = clean(found["called"] if kind == "external" else found["from"] if kind == "out" else "")
    if agent and not is_private(agent):
        known["agent"] = Known(agent, source, note="an extension")
    elif kind in _NOBODY:
        notes.append(_NOBODY[kind])
    queue = clean(found["called"]) if kind in {"q", "rg"} else ""
    if queue and not is_private(queue):
        known["queue"] = Known(queue, source)
    at = _freepbx_time(found, named.zone, source, notes)
    if at is not None:
        known["started_at"] = at
    private = tuple(one for one in (found["called"], found["from"]) if is_private(one))
    side = _freepbx_side(kind, found["half"])
    if found["half"] and side is None:
        notes.append("The name says that this is one direction of the sound, but not whose.")
    pair = str(named.path.with_name(named.path.name.replace(found["half"], "\0"))) if found["half"] and side else ""
    return Told(known, private, tuple(notes), side, pair)


def _freepbx_side(kind: str, half: str | None) -> str | None:
    """Return whose voice a file holds: ``in`` is what the recorded channel sent, which is the one that called."""
    if half is None or kind not in {*_FROM_CUSTOMER, "out"}:
        return None
    return "customer" if (half.lower() == "-in") == (kind in _FROM_CUSTOMER) else "agent"


def _freepbx_time(found: re.Match[str], zone: Zone, source: str, notes: list[str]) -> Known | None:
    """Return the start by the server's clock, its zone told by the channel's number, which counts in UTC."""
    began = from_epoch(found["epoch"])
    try:
        local = datetime.strptime(found["date"] + found["time"], "%Y%m%d%H%M%S")
    except ValueError:
        notes.append("The date in the name is none; the channel's number, which counts in UTC, was taken instead.")
        return Known(began, source, note="when the channel was made, in UTC")
    offset, late = _split(local - began.replace(tzinfo=None))
    likely = _WESTMOST <= offset <= _EASTMOST and abs(offset) % timedelta(hours=1) in _PARTS_OF_AN_HOUR
    if likely and late <= _SLOWEST_DIALPLAN:
        at = local.replace(tzinfo=timezone(offset))
        return Known(at, source, note=f"the server's time; the channel's number says that it is {offset_of(at)}")
    placed, said = zone.place(local)
    notes.append("The time in the name and the channel's number are not the same moment in any time zone.")
    return Known(placed, source, note=said)


def _split(apart: timedelta) -> tuple[timedelta, timedelta]:
    """Return what is time zone and what is delay of the time between a UTC clock and a local one."""
    late = apart % _QUARTER
    return (apart - late, late) if late <= _QUARTER - timedelta(seconds=2) else (apart - late + _QUARTER, timedelta())


_CONNECT = re.compile(
    r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_(?P<date>\d{8})T(?P<hour>\d{2})[:_-]?(?P<minute>\d{2})_UTC\.\w+",
    re.IGNORECASE | re.ASCII,
)


def amazon_connect(named: Named) -> Told | None:
    """Read ``contactId_YYYYMMDDThh:mm_UTC``, as Amazon Connect calls what it records."""
    found = _CONNECT.fullmatch(named.path.name)
    if found is None:
        return None
    source = "the file's name, as Amazon Connect gives it"
    known = {"id": Known(found["id"].lower(), source)}
    return _with_time(known, found["date"] + found["hour"] + found["minute"], "%Y%m%d%H%M", named, source)


_TWILIO = re.compile(r"(?P<id>RE[0-9a-f]{32})\.\w+")


def twilio(named: Named) -> Told | None:
    """Read a recording's SID, which is all that Twilio's names hold."""
    found = _TWILIO.fullmatch(named.path.name)
    if found is None:
        return None
    source = "the file's name, as Twilio gives it"
    return Told(_claimed({"id": Known(found["id"], source)}, named, source))


_ZOOM = re.compile(r"GMT(?P<at>\d{8}-\d{6})_(?P<id>[\w-]+)_(?P<type>[A-Za-z]+)\.\w+", re.ASCII)


def zoom_contact_center(named: Named) -> Told | None:
    """Read ``GMTYYYYMMDD-HHMMSS_id_type``, as Zoom Contact Center calls its files."""
    found = _ZOOM.fullmatch(named.path.name)
    if found is None:
        return None
    source = "the file's name, as Zoom Contact Center gives it"
    return _with_time({"id": Known(found["id"], source)}, found["at"], "%Y%m%d-%H%M%S", named, source)


_GENESYS = re.compile(
    r"(?:.*/)?year=(?P<y>\d{4})/month=(?P<m>\d{1,2})/day=(?P<d>\d{1,2})/hour=(?P<h>\d{1,2})"
    r"/conversation_id=(?P<id>[\w-]+)/[^/]+",
    re.ASCII,
)
_METADATA = "_metadata.json"


def genesys_cloud(named: Named) -> Told | None:
    """Read the folders of Genesys Cloud's bulk export and the ``_metadata.json`` beside a recording."""
    found = _GENESYS.fullmatch(named.path.as_posix())
    if found is None:
        return None
    source = "the folders, as Genesys Cloud exports them"
    digits = found["y"] + "".join(found[part].zfill(2) for part in "mdh")
    told = _with_time({"id": Known(found["id"], source)}, digits, "%Y%m%d%H", named, source)
    if "started_at" in told.known:
        at = replace(told.known["started_at"], note="in UTC; the hour alone, which is all that the folders tell")
        told = replace(told, known={**told.known, "started_at": at})
    return _with_metadata(told, named)


def _with_metadata(told: Told, named: Named) -> Told:
    if named.local is None:
        return told
    path = named.local.with_name(named.local.stem + _METADATA)
    try:
        values = json.loads(read_regular(path)[:MAX_BYTES])
    except FileNotFoundError:
        return replace(told, notes=(*told.notes, f"There is no {_METADATA} beside it, which would name the agent."))
    except (OSError, ValueError, RecursionError):
        return replace(told, notes=(*told.notes, f"The {_METADATA} beside it cannot be read."))
    users = values.get("userIds") if isinstance(values, dict) else None
    people = [clean(user) for user in users if isinstance(user, str)] if isinstance(users, list) else []
    media = values.get("mediaType") if isinstance(values, dict) else None
    notes = list(told.notes)
    known = dict(told.known)
    if len(people) == 1 and people[0]:
        known["agent"] = Known(people[0][:200], f"the {_METADATA} beside it", note="a user's number at Genesys Cloud")
    else:
        notes.append(f"The {_METADATA} names {len(people) or 'no'} users, so who was the agent is not known.")
    if isinstance(media, str) and media.casefold() != "call":
        notes.append(f"The {_METADATA} says that it is no call.")
    return replace(told, known=known, notes=tuple(notes))


_PARTY = re.compile(r"(?P<rest>.+[-_. ])(?P<side>agent|customer)(?P<end>\.\w+)", re.IGNORECASE)


def one_file_a_party(named: Named) -> Told | None:
    """Read ``…_agent`` and ``…_customer``: a name that says in so many words whose half it is."""
    found = _PARTY.fullmatch(named.path.name)
    if found is None:
        return None
    return Told(side=found["side"].lower(), pair=str(named.path.with_name(f"{found['rest']}\0{found['end']}")))


def _with_time(known: dict[str, Known], text: str, form: str, named: Named, source: str) -> Told:
    """Return what a name tells whose time is in UTC."""
    notes: tuple[str, ...] = ()
    try:
        at = datetime.strptime(text, form).replace(tzinfo=UTC)
        known["started_at"] = Known(at, source, note="in UTC")
    except ValueError:
        notes = ("The date in the name is none.",)
    return Told(_claimed(known, named, source), notes=notes)


def _claimed(known: dict[str, Known], named: Named, source: str) -> dict[str, Known]:
    """Return what is known, with the agent's channel where the name of the file tells the phone system."""
    claim = claim_from_name(Path(named.path.name))
    if claim is not None:
        known["agent_channel"] = Known(claim.agent, source, note=f"{claim.confidence:.0%} sure")
    return known


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "freepbx": freepbx,
        "amazon-connect": amazon_connect,
        "twilio": twilio,
        "genesys-cloud": genesys_cloud,
        "zoom-contact-center": zoom_contact_center,
        "one-file-a-party": one_file_a_party,
    }
)
"""By name, in the order in which they are tried; no two of them read the same name."""


def profile_told(named: Named, profiles: Mapping[str, Profile] = PROFILES) -> Told:
    """Return what the first profile that knows a name says; nothing where none does."""
    for profile in profiles.values():
        told = profile(named)
        if told is not None:
            return told
    return Told()
