"""``coach practice``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from coach.cli.streams import give, tell
from coach.conversation import StorageError, UsageError

if TYPE_CHECKING:
    from coach.app.practice.session import Practice
    from coach.coaching.customers import Customer

Seat = Literal["customer"]

DrillName = Annotated[str | None, typer.Argument(metavar="[DRILL]", help="Which customer, as --list names them.")]
From = Annotated[
    Path | None,
    typer.Option(
        "--from", help="A review (.json), or a folder of reviews: practise its missed moments. [default: out]"
    ),
]
List = Annotated[bool, typer.Option("--list", help="Print who there is to practise with.")]
Log = Annotated[bool, typer.Option("--log", help="Print what you have practised so far.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Answer = Annotated[str | None, typer.Option("--answer", help="Your answer, in place of being asked for one.")]
Wav = Annotated[Path | None, typer.Option("--wav", help="A recording of your answer.")]
SeatOption = Annotated[Seat | None, typer.Option("--seat", help="Only hear an answer from the customer's chair.")]


def practice(  # noqa: PLR0913, PLR0917  (a command's options are its parameters)
    drill: DrillName = None,
    source: From = None,
    list_: List = False,
    log_: Log = False,
    answer: Answer = None,
    wav: Wav = None,
    seat: SeatOption = None,
    as_json: AsJson = False,
) -> None:
    """Practise with a customer: from a moment of your own calls that went by, or from the starter set."""
    from coach.app.practice.session import open_practice

    _check(drill, answer, wav, listing=list_ or log_, seat=seat)
    if log_:
        _log(as_json=as_json)
        return
    sitting = open_practice(source)
    if list_:
        _list(sitting, as_json=as_json)
    elif answer is not None or wav is not None:
        _judge(sitting, sitting.customer(drill), answer, wav, as_json=as_json)
    elif as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        _show(sitting, sitting.customer(drill), seat=seat, as_json=as_json)
    else:
        from coach.cli.practising import Sitting

        Sitting(sitting).run(drill, seat=seat)


def _check(drill: str | None, answer: str | None, wav: Path | None, *, listing: bool, seat: Seat | None) -> None:
    """Check that the options fit together.

    Raises:
        UsageError: They do not.
    """
    answered = answer is not None or wav is not None
    if answer is not None and wav is not None:
        raise UsageError("Give --answer or --wav, not both.")
    if listing and (answered or drill is not None or seat is not None):
        raise UsageError("--list and --log stand alone: leave out the drill and the answer.")
    if answered and seat is not None:
        raise UsageError("From the customer's chair (--seat) there is nothing to answer: leave out one of the two.")
    if answered and drill is None:
        raise UsageError("Name the drill that is answered: coach practice DRILL --answer TEXT. --list names them.")


def _log(*, as_json: bool) -> None:
    from dataclasses import asdict

    from coach.app.practice import log
    from coach.coaching.sentences import load_sentences

    found = log.entries()
    if as_json:
        give(json.dumps([asdict(entry) for entry in found]))
        return
    for line in log.counted(found, load_sentences()):
        give(line)


def _list(sitting: Practice, *, as_json: bool) -> None:
    from coach.app.practice.session import customer_data
    from coach.cli.practising import say, scene

    customers = [*sitting.own, *sitting.starters.customers]
    if as_json:
        give(json.dumps([customer_data(customer) for customer in customers], indent=1))
        return
    for customer in customers:
        give(customer.id)
        say(scene(sitting, customer), indent="    ")


def _judge(sitting: Practice, customer: Customer, answer: str | None, wav: Path | None, *, as_json: bool) -> None:
    """Say what an answer did, and log it."""
    from coach.app.practice.session import feedback_data
    from coach.cli.practising import heard, say_feedback

    found = sitting.judge(customer, heard(sitting, wav) if wav is not None else sitting.typed(answer or ""))
    if as_json:
        give(json.dumps(feedback_data(sitting, customer, found)))
    else:
        say_feedback(sitting, customer, found, quote=wav is not None)
    try:
        new = sitting.keep(customer, [found])
    except StorageError as error:
        tell(f"The answer was judged, and the log could not be kept: {error}")
    else:
        if new and not as_json:
            give(new)


def _show(sitting: Practice, customer: Customer, *, seat: Seat | None, as_json: bool) -> None:
    """Print a customer for somebody who answers later, as a script does."""
    from coach.app.practice.session import customer_data
    from coach.cli.practising import say_customer, say_seat

    if as_json:
        chair = {"answer": customer.answer, "sentence": sitting.from_their_chair(customer)} if customer.answer else None
        give(json.dumps(customer_data(customer) | ({"seat": chair} if seat else {})))
        return
    say_customer(sitting, customer)
    if seat:
        say_seat(sitting, customer)
    else:
        give(f"coach practice {customer.id} --answer …")
