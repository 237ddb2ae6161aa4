"""``coach purge``: forgetting calls. ``coach looks``: who looked at what."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.stores import named
from coach.cli.streams import give, tell
from coach.conversation import LockedError, UsageError

if TYPE_CHECKING:
    from coach.app.purge import Kept, Place, Wish
    from coach.app.shift.anew import Pages

SHOWN = 20
"""Calls and files that are named one by one before somebody is asked."""

Before = Annotated[str | None, typer.Option("--before", help="Calls that began before this day, as 2026-03-02.")]
Agent = Annotated[str | None, typer.Option("--agent", help="The calls of this agent.")]
Call = Annotated[str | None, typer.Option("--call", help="One call: its recording, its review file or its SHA-256.")]
StoreUrl = Annotated[
    str | None, typer.Option("--store", callback=named, help="A shift's store instead of your own library.")
]
Out = Annotated[
    str | None,
    typer.Option(
        metavar="FOLDER|ADDRESS", help="Folder of reports to look through, or its address. [default: ./coaching]"
    ),
]
Policy = Annotated[
    Path | None,
    typer.Option("--policy", help="The agreement's file, for a shift's pages. [default: your own]", readable=False),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only print what would go.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Since = Annotated[str | None, typer.Option("--since", help="From this day on, as 2026-03-02.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def purge(  # noqa: PLR0913, PLR0917  (a command's options are its parameters)
    before: Before = None,
    agent: Agent = None,
    call: Call = None,
    store: StoreUrl = None,
    out: Out = None,
    policy: Policy = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Forget calls for good: rows, reports, practice. A hash alone stays; recordings are not touched."""
    from coach.app.purge import Wish, alone, call_of, day, find
    from coach.app.purge_far import require_reached
    from coach.app.review import settings_of

    wish = Wish(day(before) if before is not None else None, agent, call_of(call) if call is not None else None)
    settings = settings_of({"out": out})
    place = _place(store, settings.text("out"))
    with contextlib.ExitStack() as stack:
        if yes and not dry_run:  # while somebody is asked, a night may begin: it need not wait for the answer
            stack.enter_context(alone(place))
        kept = find(wish, place)
        pages = _pages(place, kept)
        if as_json:
            shown = {"pages": [path for each in pages for path in each.all]}
            give(json.dumps({**kept.as_data(), **shown, "removed": not dry_run}, ensure_ascii=False, indent=1))
        else:
            _show(kept, pages)
        if dry_run or kept.nothing:
            return
        if not yes:
            _ask(as_json=as_json)
            stack.enter_context(alone(place))
            if (find(wish, place), _pages(place, kept)) != (kept, pages):
                raise LockedError(
                    "While you were asked, another run of coach changed what is kept of such calls. Nothing was "
                    "removed: look again with --dry-run, and purge then."
                )
        require_reached(kept.far)
        _remove(wish, place, kept, pages, policy)
    tell("Gone. The recordings are where they were, and so are copies and backups that others made.")


def _place(store: str | None, out: str) -> Place:
    """Return where to forget: an address of reports opens what the store knows of there."""
    from coach.app.intake.shown import is_address
    from coach.app.purge import Place

    return Place(store, None, out) if is_address(out) else Place(store, Path(out))


def _remove(wish: Wish, place: Place, kept: Kept, pages: list[Pages], policy: Path | None) -> None:
    """Forget what was found.

    Raises:
        LockedError: All is gone, but its space in the store could not be overwritten yet.
    """
    from coach.app.purge import forget

    if not (_forget_and_show(pages, wish, place, kept, policy) if pages else forget(wish, place, kept)):
        raise LockedError(
            "All that is gone from the store, but another program holds it, so that its free space was not "
            "overwritten yet. The next command that opens the store does it."
        )


def looks(agent: Agent = None, store: StoreUrl = None, since: Since = None, as_json: AsJson = False) -> None:
    """Print who looked at what, for the people whose calls they are."""
    from coach.app.looks import looked
    from coach.reporting.text import clean

    found = looked(store, agent, since)
    if as_json:
        give(json.dumps([one.as_data() for one in found], ensure_ascii=False, indent=1))
        return
    for one in found:
        give("  ".join(clean(part) for part in one.line))
    if not found:
        tell("Nobody has looked at anything that is noted here.")


def _pages(place: Place, kept: Kept) -> list[Pages]:
    """Return the pages of several calls that name one which is to go: those of a shift's store."""
    if place.url is None or not kept.calls:
        return []
    from coach.app.purge_far import entry
    from coach.app.report_folder import Near, ReportFolder
    from coach.app.shift.anew import pages_in

    near: list[ReportFolder] = [Near(place.reports)] if place.reports is not None else []
    folders = [*near, *(entry(folder, place.address) for folder in kept.far.folders)]
    names = {call.name for call in kept.calls}
    return [found for folder in folders if (found := pages_in(folder, place.url, names)).all]


def _forget_and_show(pages: list[Pages], wish: Wish, place: Place, kept: Kept, policy: Path | None) -> bool:
    """Forget calls of a shift's store, and have its pages made anew, or say why not; return what ``forget`` does."""
    from coach.app.purge import forget
    from coach.app.shift.anew import make_anew, take_away

    for each in pages:
        take_away(each)
    overwritten = forget(wish, place, kept)
    for each in (one for one in pages if one.names):
        if place.url is not None and make_anew(each, place.url, policy) is not None:
            tell(f"The shift's pages in {each.folder.shown} were made anew.")
        else:
            tell("The shift's pages are gone, since they named these calls. No agreement was found to make them by:")
            tell("the next coach shift or coach nightly makes them.")
    return overwritten


def _show(kept: Kept, pages: list[Pages]) -> None:
    """Print what would go: names and counts, nothing of a call."""
    from coach.privacy.text import mask_text
    from coach.reporting.text import clean

    for call in kept.calls[:SHOWN]:
        give(f"call    {call.sha256[:12]}  {clean(mask_text(call.name))}".rstrip())
    files = [*(clean(mask_text(str(path))) for path in kept.files), *kept.far.files]
    for path in files[:SHOWN]:
        give(f"file    {path}")
    for each in pages:
        if each.names:
            give(f"pages   of the shift in {clean(each.folder.shown)}: {len(each.names)}, made anew")
        for path in (path for path in each.digests if path not in files[:SHOWN]):
            give(f"file    {path}")
    left = max(len(kept.calls) - SHOWN, 0), max(len(files) - SHOWN, 0)
    if any(left):
        give(f"… and {left[0]} further calls, {left[1]} further files")
    _show_rest(kept)


def _show_rest(kept: Kept) -> None:
    """Print counts of what is no file, and what was looked for and not found."""
    from coach.reporting.text import clean, wrap

    for count, what in (
        (kept.answers, "answers about these calls"),
        (kept.practised, "lines of what was practised"),
        (kept.words, "answers of the phrasebook"),
        (int(kept.last), "the note of the last review"),
    ):
        if count:
            give(f"{count:>6}  {what}")
    for said in kept.far.gone:
        for line in wrap(clean(said), hanging="  "):
            tell(line)
    if kept.nothing:
        tell("Nothing is kept of such calls.")


def _ask(*, as_json: bool) -> None:
    """Ask before anything goes.

    Raises:
        UsageError: Nobody is there to be asked.
        Abort: They did not say yes.
    """
    if as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("Nobody can be asked here: say --yes to remove this for good, or --dry-run to look only.")
    sys.stderr.write("Remove this for good? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
        tell("Nothing was removed.")
        raise typer.Exit(0)
