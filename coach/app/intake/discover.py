"""From what was named to the calls that are there: which files, whose, and what is known of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from coach.app.intake.far import walk_at
from coach.app.intake.folder import walk
from coach.app.intake.known import Discovery, Found, Known, Piece, Refused, Told
from coach.app.intake.manifest import Row, read_manifest
from coach.app.intake.patterns import Pattern, first_told
from coach.app.intake.places import Folders, path_in, piece
from coach.app.intake.profiles import PROFILES, Named, Profile, profile_told
from coach.app.intake.resolve import of_file_time, of_sidecar, of_tags, resolved
from coach.app.intake.shown import hide, is_address, last_part
from coach.app.intake.times import Zone
from coach.app.settings import Settings
from coach.conversation import CoachError, NoSuchRecording
from coach.speech.decoding.source import Source

NO_RECORDING = "There is no recording in {folder}, by the endings that recordings have. Name a file to have it tried."
HALF = "is one party's half of a call, by {source}, and the other half is not beside it. "
HALF_ADVICE = (
    "Put the other file there, or name this one as a whole call in a manifest (column recording) if that is what it is."
)
SEVERAL = "is one party's half of a call, and more than one file beside it is the same half. Leave one."
TWICE = "was named before."


@dataclass(frozen=True, slots=True)
class Sources:
    """What recordings may be told by.

    Attributes:
        patterns: Configured ones, the first that matches counts.
        profiles: Phone systems, the first that knows a name counts.
        zone: For times that name none.
        channel_for: Returns the channel that the settings give the agent in a recording, and where they do.
        own: Folders of reports, resolved, in which no recordings are looked for.
        own_address: Address of a folder of reports, likewise.
    """

    patterns: tuple[Pattern, ...] = ()
    profiles: Mapping[str, Profile] = field(default_factory=lambda: PROFILES)
    zone: Zone = field(default_factory=Zone)
    channel_for: Callable[[Path], tuple[str | None, str]] = lambda _path: (None, "")
    own: frozenset[Path] = frozenset()
    own_address: str | None = None


def sources_of(settings: Settings) -> Sources:
    """Return what the settings say of how recordings are told."""
    configured, zone = settings["sources"], settings["timezone"]
    origin = settings.values["sources"].origin
    out = settings.text("out")
    patterns = configured.items() if isinstance(configured, Mapping) else ()
    return Sources(
        patterns=tuple(Pattern.of(name, text, origin) for name, text in patterns),
        zone=Zone(str(zone) if zone is not None else None),
        channel_for=settings.channel_for,
        own=_own(out),
        own_address=out if is_address(out) else None,
    )


def _own(out: str) -> frozenset[Path]:
    try:
        path = piece(out).path
    except ValueError:
        return frozenset()
    return frozenset() if path is None else frozenset({path.resolve()})


def discover(
    inputs: Sequence[str | Path], *, manifest: Path | None = None, sources: Sources | None = None
) -> Discovery:
    """Return the calls that inputs and a manifest name, each with what is known of it and by whom.

    A manifest alone names the calls. Beside inputs it only tells of those: what else it names is let be.

    Args:
        inputs: Files, folders, addresses.
        manifest: A CSV or JSON file (:mod:`coach.app.intake.manifest`).
        sources: What they are told by; the built-in profiles when not given.

    Raises:
        NoSuchRecording: There is no such manifest, or no such folder at an address.
        RecordingError: A folder at an address cannot be looked into.
        UsageError: The manifest cannot be read.
    """
    search = _Search(sources or Sources())
    rows = list(search.rows(manifest)) if manifest is not None else []
    if inputs:
        search.tell_of(rows)
        candidates = [each for one in inputs for each in search.named(str(one))]
        search.leftover()
    else:
        candidates = rows
    calls = [call for call in candidates if search.is_there(call)]
    found = tuple(search.call(call) for call in search.paired(calls))
    return Discovery(found, tuple(search.refused), tuple(search.skipped), tuple(search.notes))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Files that may be a call, and what is said of them so far."""

    pieces: tuple[Piece, ...]
    told: Told = field(default_factory=Told)
    whole: bool = False  # a manifest says so: it is no half, whatever its name


class _Search:
    """One search: what has been found so far, and what is known of folders."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._folders = Folders()
        self._seen: set[str] = set()
        self._manifest: dict[str, _Candidate] = {}
        self._told_of = 0
        self.refused: list[Refused] = []
        self.skipped: list[Refused] = []
        self.notes: list[str] = []

    def rows(self, manifest: Path) -> Iterator[_Candidate]:
        """Yield the calls of a manifest; those that name none are refused with their line."""
        for row in read_manifest(manifest, self._sources.zone):
            try:
                if row.wrong is not None:
                    raise ValueError(row.wrong)
                yield self._row(row, manifest.parent)
            except ValueError as error:
                self.refused.append(Refused(row.where, f"{row.where[0].upper()}{row.where[1:]} {error}", row.where))

    def _row(self, row: Row, folder: Path) -> _Candidate:
        order = ("recording",) if "recording" in row.files else ("agent_file", "customer_file")
        pieces = tuple(piece(row.files[name], folder, self._folders) for name in order)
        return _Candidate(pieces, row.told, whole=True)

    def tell_of(self, rows: Sequence[_Candidate]) -> None:
        """Keep what a manifest says until the recordings are met that it says it of."""
        for row in rows:
            for one in row.pieces:
                self._manifest[self._key(one)] = row

    def leftover(self) -> None:
        """Say how many of a manifest's recordings were not among what was named."""
        if left := len({id(row) for row in self._manifest.values()}) - self._told_of:
            self.notes.append(
                f"{left} of the manifest's calls {'is' if left == 1 else 'are'} not among what was named, and left out."
            )

    def named(self, text: str) -> Iterator[_Candidate]:
        """Yield what one input names: itself, or a folder's recordings."""
        try:
            one = piece(text)
        except ValueError as error:
            self.refused.append(Refused(text, f"What was named {error}", hide(text)))
            return
        if one.path is None and text.endswith("/"):
            yield from self._below(text)
            return
        if one.path is None or not one.path.is_dir():
            yield self._listed(one)
            return
        none = True
        for seen in walk(one.path, own=self._sources.own - {one.path.resolve()}, folders=self._folders):
            if seen.skipped is None:
                none = False
                yield self._listed(Piece(str(seen.path), seen.path))
            else:
                told = Refused(str(seen.path), seen.skipped, self._shown(Piece(str(seen.path), seen.path)))
                (self.refused if seen.broken else self.skipped).append(told)
        if none:
            self.notes.append(NO_RECORDING.format(folder=hide(text)))

    def _below(self, address: str) -> Iterator[_Candidate]:
        none = True
        for one in walk_at(address, self._sources.own_address):
            if one.skipped is None:
                none = False
                yield self._listed(Piece(one.address))
            else:
                self.skipped.append(Refused(one.address, one.skipped, self._shown(Piece(one.address))))
        if none:
            self.notes.append(NO_RECORDING.format(folder=hide(address)))

    def _listed(self, one: Piece) -> _Candidate:
        row = self._manifest.get(self._key(one))
        if row is None:
            return _Candidate((one,))
        if row.pieces[0] is not None and self._key(row.pieces[0]) == self._key(one):
            self._told_of += 1
        return row

    def _key(self, one: Piece) -> str:
        """Return what two names of one file have in common."""
        if one.path is None:
            return one.uri
        try:
            return str(self._folders.real(one.path.absolute()))
        except (OSError, RuntimeError):
            return str(one.path.absolute())

    def is_there(self, call: _Candidate) -> bool:
        """Return whether a call's files are there and were not named before; say so where they are not."""
        keys = [self._key(one) for one in call.pieces]
        if any(key in self._seen for key in keys):
            one = call.pieces[0]
            # The customer's file of a pair leads to the same row of the manifest as the agent's.
            if len(keys) == 1 or not set(keys) <= self._seen:
                self.skipped.append(Refused(one.uri, TWICE, self._shown(one, call.told.private)))
            return False
        self._seen.update(keys)
        for one in call.pieces:
            if one.path is None:
                continue
            try:
                Source.at(one.path)
            except CoachError as error:
                private = (*call.told.private, *self._place(one).private)
                gone = isinstance(error, NoSuchRecording)
                self.refused.append(Refused(one.uri, hide(str(error), private), hide(one.uri, private), missing=gone))
                return False
        return True

    def _shown(self, one: Piece, private: tuple[str, ...] = ()) -> str:
        return hide(one.uri, (*private, *self._place(one).private))

    def paired(self, calls: Sequence[_Candidate]) -> Iterator[_Candidate]:
        """Yield whole calls, halves put together, in order; refuse halves without their other half."""
        halves: dict[str, list[tuple[str, _Candidate]]] = {}
        side_of: dict[int, tuple[str, str]] = {}
        for call in calls:
            place = self._place(call.pieces[0]) if not call.whole else Told()
            if place.side is not None:
                halves.setdefault(place.pair, []).append((place.side, call))
                side_of[id(call)] = place.side, place.pair
        done: set[str] = set()
        for call in calls:
            side, pair = side_of.get(id(call), ("", ""))
            if not side:
                yield call
            elif pair not in done:
                done.add(pair)
                yield from self._together(halves[pair])

    def _together(self, halves: Sequence[tuple[str, _Candidate]]) -> Iterator[_Candidate]:
        sides = [side for side, _ in halves]
        if sorted(sides) == ["agent", "customer"]:
            agent, customer = (next(call for side, call in halves if side == wanted) for wanted in sorted(sides))
            yield _Candidate((*agent.pieces, *customer.pieces), agent.told)
            return
        for side, call in halves:
            one = call.pieces[0]
            reason = SEVERAL if sides.count(side) > 1 else HALF.format(source="its name") + HALF_ADVICE
            shown = self._shown(one)
            self.refused.append(Refused(one.uri, f"{last_part(shown)}: {reason}", shown))

    def call(self, call: _Candidate) -> Found:
        """Return a call with all that is known of it."""
        told = [call.told, *(said for one in call.pieces for said in self._said(one))]
        known, conflicts = resolved(told)
        path = call.pieces[0].path
        if path is not None and not {"agent", "started_at"} <= set(known):
            told.append(of_tags(path, self._sources.zone))
            known, conflicts = resolved(told)
        if path is not None and "started_at" not in known:
            told.append(of_file_time(path.stat().st_mtime))
            known, _ = resolved(told)
        private = tuple(dict.fromkeys(one for said in told for one in said.private))
        notes = tuple(dict.fromkeys(hide(note, private) for said in told for note in said.notes))
        return Found(
            uri=call.pieces[0].uri,
            path=path,
            known={name: _without_private(one, private) for name, one in known.items()},
            parties=(call.pieces[0], call.pieces[1]) if len(call.pieces) == 2 else None,
            private=private,
            notes=notes,
            conflicts=tuple(hide(conflict, private) for conflict in conflicts),
        )

    def _said(self, one: Piece) -> Iterator[Told]:
        """Yield what settings, a sidecar, and the place of a file say, the one that counts first."""
        channel, origin = self._sources.channel_for(Path(path_in(one)))
        if channel is not None:
            yield Told({"agent_channel": Known(channel, f"agent_channel in {origin}")})
        if one.path is not None and self._has_sidecar(one.path):
            yield of_sidecar(one.path, self._sources.zone)
        pattern, profile = self._by_place(one)
        yield pattern
        yield profile

    def _has_sidecar(self, path: Path) -> bool:
        names = self._folders.names(path.parent)
        return any(stem + suffix in names for stem in (path.name, path.stem) for suffix in (".json", ".toml"))

    def _by_place(self, one: Piece) -> tuple[Told, Told]:
        place = path_in(one)
        named = Named(place, one.path, self._sources.zone)
        return (
            first_told(self._sources.patterns, place, self._sources.zone),
            profile_told(named, self._sources.profiles),
        )

    def _place(self, one: Piece) -> Told:
        """Return whose half a file is by its place, and what is private in that."""
        pattern, profile = self._by_place(one)
        half = pattern if pattern.side is not None else profile
        return Told(private=(*pattern.private, *profile.private), side=half.side, pair=half.pair)


def _without_private(known: Known, private: tuple[str, ...]) -> Known:
    """Return a field whose source may be shown: a sidecar has the recording's name, and that may hold a number."""
    return replace(known, source=hide(known.source, private)) if "sidecar" in known.source else known
