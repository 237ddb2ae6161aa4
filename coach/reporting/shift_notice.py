"""The page for the noticeboard: what happens to everybody's calls, in words that anybody can hold us to."""

from __future__ import annotations

from coach.reporting.markdown import escape
from coach.reporting.phrases import SHIFT, Phrases, phrases
from coach.reporting.shift_values import ENOUGH, ENOUGH_CALLS, Agreement
from coach.reporting.shift_words import day_in_words
from coach.reporting.text import NO_BREAK

SEES: tuple[str, ...] = ("workload", "listen_first", "reports", "figures", "calibration")


def notice(agreement: Agreement | None = None, *, told: bool = True) -> str:
    """Return the page as Markdown.

    Args:
        agreement: What was agreed on; ``None`` leaves blanks to be filled in by hand.
        told: Whether the staff know of it; where they do not yet, the day is left blank for the day on which it hangs.
    """
    say = phrases(SHIFT)
    blank = say("notice.blank")
    supervisors, sees, kept, day, ask = blank, SEES, say("notice.kept_text.many", n=blank), blank, blank
    if agreement is not None:
        supervisors = ", ".join(map(escape, agreement.supervisors))
        sees, kept = agreement.sees, say.count("notice.kept_text", agreement.keep_days)
        ask = escape(agreement.ask)
        day = day_in_words(agreement.told_on).replace(NO_BREAK, " ") if told else blank
    seen = "; ".join(say(f"sees.{what}") for what in sees)
    parts = (
        f"# {say('notice.title')}",
        _part(say, "what", say("notice.what_text")),
        _part(say, "for", say("agreement.purpose_coaching")),
        _part(
            say,
            "who",
            _points(
                say("notice.who_agent"),
                say("notice.who_supervisor", supervisors=supervisors, sees=seen),
                say("notice.who_keeper"),
                say("notice.who_nobody"),
            ),
        ),
        _part(say, "kept", kept),
        _part(say, "told", say("notice.told_text", day=day)),
        _part(
            say,
            "rules",
            _points(
                say("notice.rules_enough", enough=ENOUGH, enough_calls=ENOUGH_CALLS),
                *(say(f"notice.rules_{rule}") for rule in ("own", "hard", "heard", "list", "looks")),
            ),
        ),
        _part(say, "contest", say("notice.contest_text")),
        _part(say, "questions", say("notice.questions_text", ask=ask.rstrip("."))),
    )
    return "\n\n".join(parts) + "\n"


def _part(say: Phrases, name: str, text: str) -> str:
    return f"## {say(f'notice.{name}')}\n\n{text}"


def _points(*texts: str) -> str:
    return "\n".join(f"- {text}" for text in texts)
