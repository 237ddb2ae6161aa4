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

Listener = Annotated[
    str | None, typer.Option("--who", help="Who listened. [default: your name on this computer]", show_default=False)
]
Own = Annotated[int, typer.Argument(help="As `coach answers list`, or `coach answers pick`, printed it.")]

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
        give(f"{one.id}  {clean(one.call)}{where}: {what} ({clean(answer.who)}; {_state(one)})")
        if one.report is not None:
            give(f"    {clean(one.report)}")
    if not found:
        give("Nothing is contested.")


@app.command("settle")
def settle(number: Number, verdict: Verdict, who: Listener = None, store: StoreUrl = None) -> None:
    """Note what a person found who listened to a contested moment."""
    from coach.app.shift import answering
    from coach.store.store import open_store

    with open_store(store, purpose="shift") as opened:
        answering.settle(opened, number, verdict, who or getpass.getuser())
    give(f"{number} is settled: {verdict}. The shift's next pages go by it.")


@app.command("pick")
def pick(call: Call, who: Who, at: At = None, store: StoreUrl = None) -> None:
    """Put one of one's own calls on the list to listen to."""
    from coach.app.shift import answering
    from coach.reporting.text import clean
    from coach.store.store import open_store

    with open_store(store, purpose="shift") as opened:
        found, answer = answering.pick(opened, call, who, at)
    name = clean(found.uri or "") or found.sha256[:12]
    give(f"{name} is picked, as number {answer.id}; the shift's next pages list it, in turn with other picks.")


@app.command("withdraw")
def withdraw(number: Own, who: Who, store: StoreUrl = None) -> None:
    """Take back what one contested or picked oneself."""
    from coach.app.shift import answering
    from coach.store.store import open_store

    with open_store(store, purpose="shift") as opened:
        answer = answering.withdraw(opened, number, who)
    what = "the call leaves the list" if answer.question == answering.PICKED else "what rests on it counts again"
    give(f"{number} is taken back: {what}, from the shift's next pages on.")


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


def _state(one: Open) -> str:
    from coach.reporting.text import clean

    return one.contest.state if one.settled_by is None else f"{one.contest.state}, settled by {clean(one.settled_by)}"


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
        "settled_by": one.settled_by,
        "report": one.report,
    }
