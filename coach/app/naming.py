"""What the reports are called, so that none is overwritten by another recording's."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coach.app.item import Request
from coach.conversation import NoSuchRecording, StorageError
from coach.privacy.kinds import DEFAULT

SCHEMA = "coach.review/1"
REDACTED = "redacted"
"""Where a review notes that its recordings were replaced by copies without what was masked."""

_SOURCE = re.compile(r'<meta name="coach-source" content="([0-9a-f]{64})">')
_HEAD = 4_000  # characters of a page in which its head says whose it is
_LARGEST_REVIEW = 200_000_000  # bytes: a four-hour call's review is about 20 MB
_NO_CONDITIONS = frozenset({"formats", "library", "redact_original"})
"""Settings that no finding depends on and that a file's being there, or its hash, tells of anyway."""
_LONGEST = 150  # bytes of a stem: file systems take 255 with ending, hash and the mark of an unfinished file


@dataclass(frozen=True, slots=True)
class Output:
    """Where one call's files go.

    Attributes:
        folder: The folder of the reports.
        stem: Their name without the ending; masked.
    """

    folder: Path
    stem: str

    def path(self, suffix: str) -> Path:
        """Return the path of one file, such as ``html``."""
        return self.folder / f"{self.stem}.{suffix}"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a review file says of how it came about.

    Attributes:
        hashes: SHA-256 of each file that it was made of, as :func:`hashes_of` gives them.
        redacted: The same since those files were redacted, empty where they were not.
        fingerprint: What its findings depend on; empty where it does not say.
        conditions: Digest of recipe and settings; see :func:`conditions`.
    """

    hashes: tuple[str, ...]
    redacted: tuple[str, ...]
    fingerprint: str
    conditions: str

    @classmethod
    def of(cls, review: Mapping[str, object]) -> Facts:
        """Return the facts of a review file."""
        provenance = review.get("provenance")
        mark = provenance.get("fingerprint") if isinstance(provenance, dict) else None
        return cls(
            tuple(map(str, reviewed_hashes(review))),
            tuple(map(str, redacted_hashes(review))),
            str(mark or ""),
            conditions(review.get("recipe")),
        )


class Readings:
    """What files hold, read anew each time."""

    def sha256(self, path: Path) -> str:
        """Return what :func:`sha256_of` does."""
        return sha256_of(path)

    def facts(self, path: Path) -> Facts | None:
        """Return the facts of a review file of ours, ``None`` when there is none or it is something else."""
        review = read_review(path)
        return None if review is None else Facts.of(review)


def plan(
    requests: Sequence[Request], folder: Path, readings: Readings | None = None, *, kinds: Collection[str] = DEFAULT
) -> list[Output]:
    """Return one output a request, all of them different.

    Inputs that share a stem get the first eight letters of their SHA-256 added, and so does a recording
    whose name is taken in the folder by the report of another.

    Args:
        requests: The calls of one run.
        folder: Where the reports go.
        readings: Reads what files hold.
        kinds: Types of private data that no name may hold.

    Raises:
        StorageError: The folder may not be looked into.
    """
    readings = readings or Readings()
    stems = [stem_of(request, kinds) for request in requests]
    often = Counter(stem.casefold() for stem in stems)
    outputs = []
    for request, stem in zip(requests, stems, strict=True):
        wanted = Output(folder, stem)
        if often[stem.casefold()] > 1 or _belongs_to_another(wanted, request, readings):
            wanted = Output(folder, f"{stem}-{readings.sha256(request.source)[:8]}")
        outputs.append(wanted)
    return outputs


def read_review(path: Path) -> dict[str, object] | None:
    """Return a review file of ours, ``None`` when there is none or it is something else."""
    try:
        if path.stat().st_size > _LARGEST_REVIEW:
            return None
        return as_review(path.read_bytes())
    except (OSError, ValueError):
        return None


def as_review(content: bytes | None) -> dict[str, object] | None:
    """Return the review that a file holds, ``None`` when it is something else."""
    try:
        review = json.loads((content or b"").decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return review if isinstance(review, dict) and review.get("schema") == SCHEMA else None


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hex; an unreadable one's name is hashed, for its refusal comes later."""
    digest = hashlib.sha256()
    try:
        if not path.is_file():
            raise NoSuchRecording(path.name)
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except (OSError, NoSuchRecording):
        digest.update(os.fsencode(path.name))
    return digest.hexdigest()


def hashes_of(request: Request, readings: Readings | None = None) -> list[str]:
    """Return the SHA-256 of each file that a call is known by, the agent's first; of a swap, as they were named."""
    hashes = [(readings or Readings()).sha256(path) for path in request.files]
    return hashes[::-1] if request.swapped else hashes


def reviewed_hashes(review: Mapping[str, object]) -> list[object]:
    """Return what :func:`hashes_of` was for the call of a review file."""
    recording = review.get("recording")
    parts = recording.get("parts") if isinstance(recording, dict) else None
    hashes = [part.get("sha256") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    if not hashes:
        return [review.get("source")]
    recipe = review.get("recipe")
    return hashes[::-1] if isinstance(recipe, dict) and "swapped" in recipe else hashes


def redacted_hashes(review: Mapping[str, object]) -> list[object]:
    """Return what :func:`hashes_of` is since the recordings were redacted, empty where they were not."""
    note = review.get(REDACTED)
    files = note.get("files") if isinstance(note, dict) else None
    return list(files) if isinstance(files, list) else []


def conditions(recipe: object) -> str:
    """Return a digest of what a review was made under: no matter who set it, what else was written, who the agent was.

    Args:
        recipe: The recipe as a review file shows it; of anything else the digest is that of nothing.
    """
    known: object = None
    if isinstance(recipe, Mapping) and isinstance(recipe.get("settings"), Mapping):
        settings = {
            name: setting.get("value") if isinstance(setting, Mapping) else setting
            for name, setting in recipe["settings"].items()
            if name not in _NO_CONDITIONS
        }
        known = {**recipe, "settings": settings, "swapped": None}
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def stem_of(request: Request, kinds: Collection[str] = DEFAULT) -> str:
    """Return what a call's reports would be called if no other call's were: masked, and one name in any folder."""
    if request.name is not None:
        stem = request.name
    elif request.agent is not None and request.customer is not None:
        both = [request.agent.stem, request.customer.stem]
        stem = os.path.commonprefix(both).rstrip(" -_.")  # noqa: RUF071  (letters in common are what is wanted)
        stem = stem or request.agent.resolve().parent.name or request.agent.stem
    else:
        stem = request.source.stem
    # A name may come from a phone system or a person; it must stay one file in this folder.
    safe = "".join(c if c.isprintable() and c not in '/\\:*?"<>|' else "_" for c in request.hide(stem, kinds))
    return safe.encode()[:_LONGEST].decode(errors="ignore").strip(" .") or "call"


def _belongs_to_another(output: Output, request: Request, readings: Readings) -> bool:
    """Whether what stands under a name is not a report of this call: ours say of which file they are."""
    try:
        if not any(output.path(suffix).exists() for suffix in ("html", "json", "md", "csv", "vtt", "mp3")):
            return False
    except OSError as error:
        raise StorageError(
            f"The folder {output.folder} cannot be looked into: {error.strerror}. Choose another with --out."
        ) from error
    facts = readings.facts(output.path("json"))
    if facts is not None:
        return sorted(hashes_of(request, readings)) not in [sorted(facts.hashes), sorted(facts.redacted)]
    # A run that was killed may have left its page without the review file, which is written last.
    return page_source(output.path("html")) not in hashes_of(request, readings)


def source_told(head: str) -> str | None:
    """Return the SHA-256 of the recording that a page of ours says it is about, by how the page begins."""
    found = _SOURCE.search(head[:_HEAD])
    return found[1] if found is not None else None


def page_source(page: Path) -> str | None:
    """Return the SHA-256 of the recording that a page of ours says it is about, ``None`` where it says none."""
    try:
        with page.open(encoding="utf-8", errors="replace") as file:
            return source_told(file.read(_HEAD))
    except OSError:
        return None
