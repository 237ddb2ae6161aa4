"""``coach answers``: what people say of a shift's calls."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.stores import named
from coach.cli.streams import give, tell

if TYPE_CHECKING:
    from coach.app.shift.answering import Open

app = typer.Typer(
    help="What people say of a shift's calls: contests, judgements by ear, own picks.", no_args_is_help=True
)

StoreUrl = Annotated[
    str | None,
    typer.Option("--store", callback=named, help="The shift's store: a file or a PostgreSQL URL. [default: your own]"),
]
Who = Annotated[str, typer.Option("--who", help="Whose answers these are, by name.", show_default=False)]
Files = Annotated[list[Path], typer.Argument(help="Notes saved from reports, or sheets that were filled in.")]
Call = Annotated[str, typer.Argument(help="The call: its name, its hash, or a file.")]
At = Annotated[str | None, typer.Option("--at", help="From where on, such as 1:23.")]
Number = Annotated[int, typer.Argument(help="As `coach answers list` prints it.")]
Verdict = Annotated[str, typer.Argument(help="misheard: it leaves the sums for good. stands: it counts again.")]
All = Annotated[bool, typer.Option("--all", help="Those that were settled too.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Calls = Annotated[int, typer.Option("--calls", help="How many calls to draw.")]
Seed = Annotated[int, typer.Option("--seed", help="Of the draw; another gives other calls.")]

SOME_WRONG = 3


@app.callback()
def _answers() -> None:
    """What people say of a shift's calls: contests, judgements by ear, own picks."""


@app.command("add")
def add(files: Files, who: Who, store: StoreUrl = None) -> None:
    """Take in notes that an agent saved from a report, or a sheet that a supervisor filled in."""
    from coach.app.shift import answering
    from coach.reporting.text import clean
    from coach.store.store import open_store

    with open_store(store, purpose="shift") as opened:
        added = answering.add(opened, files, who)
    for name, reason in added.refused:
        tell(f"{name}: {clean(reason)}")
    give(f"{added.answers} {'answer' if added.answers == 1 else 'answers'} taken in; the shift's next pages show them.")
    raise typer.Exit(SOME_WRONG if added.refused else 0)


@app.command("list")
def list_contests(store: StoreUrl = None, all_: All = False, as_json: AsJson = False) -> None:
    """Print the moments that agents contested and nobody has settled yet."""
    from coach.app.shift import answering, seeing
    from coach.reporting.phrases import phrases
    from coach.reporting.text import clean, clock
    from coach.store.store import open_store

    with open_store(store, purpose="shift") as opened:
        found = list(answering.open_contests(opened, settled=all_))
        seeing.note(opened, [getpass.getuser()], seeing.CONTESTS, (one.agent for one in found))
    if as_json:
        give(json.dumps([_as_data(one) for one in found], indent=1))
        return
    say = phrases()
    for one in found:
        answer, start = one.contest.answer, one.contest.answer.start
        what = say.kind(answer.kind) if answer.kind else say("notes.not_me")
        where = f" at {clock(start)}" if start is not None else ""
        give(f"{one.id}  {clean(one.call)}{where}: {what} ({clean(answer.who)}; {one.contest.state})")
        if one.report is not None:
            give(f"    {clean(one.report)}")
    if not found:
        give("Nothing is contested.")


@app.command("settle")
def settle(number: Number, verdict: Verdict, store: StoreUrl = None) -> None:
    """Note what a person found who listened to a contested moment."""
    from coach.app.shift import answering
    from coach.store.store import open_store

    with open_store(store, purpose="shift") as opened:
        answering.settle(opened, number, verdict)
    give(f"{number} is settled: {verdict}. The shift's next pages go by it.")


@app.command("pick")
def pick(call: Call, who: Who, at: At = None, store: StoreUrl = None) -> None:
    """Put one of one's own calls on the list to listen to."""
    from coach.app.shift import answering
    from coach.reporting.text import clean
    from coach.store.store import open_store

    with open_store(store, purpose="shift") as opened:
        found = answering.pick(opened, call, who, at)
    give(f"{clean(found.uri or '') or found.sha256[:12]} is picked; the next shift's page lists it.")


@app.command("sheet")
def sheet(store: StoreUrl = None, calls: Calls = 10, seed: Seed = 1) -> None:
    """Print a sheet (CSV) of calls to judge by ear before their reports are opened."""
    from coach.app.shift import answering, seeing
    from coach.app.shift.sums import agent_of
    from coach.store.store import open_store

    with open_store(store, purpose="shift") as opened:
        drawn = answering.drawn(opened, max(1, calls), seed)
        give(answering.sheet(drawn).rstrip("\r\n"))
        seeing.note(opened, [getpass.getuser()], seeing.SHEET, map(agent_of, drawn))


def _as_data(one: Open) -> dict[str, object]:
    answer = one.contest.answer
    return {
        "id": one.id,
        "call": one.call,
        "agent": one.agent,
        "kind": answer.kind,
        "start": answer.start,
        "who": answer.who,
        "state": one.contest.state,
        "report": one.report,
    }
