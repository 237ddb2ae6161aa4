"""The summary that the terminal shows after a review: plain lines, and no markup of any kind."""

from __future__ import annotations

from pathlib import Path

from coach.conversation import Advice, Review
from coach.reporting.opening import find, in_own_words, length, one_sided, spoke, title, why
from coach.reporting.page import SURE, card, remembered
from coach.reporting.phrases import Phrases, phrases
from coach.reporting.text import WIDTH, clean, clock, duration, number, percent, wrap


def terminal_summary(review: Review, report: Path | None, *, width: int = WIDTH, swap: str | None = None) -> list[str]:
    """Return the lines to print: the call at a glance, keep and try, notes, and where the report is.

    Nothing from a call can steer the terminal: its escape sequences are taken out. While it is unsure
    which voice is the agent's, the first line is the command that exchanges the two.

    Args:
        review: What was found; masked.
        report: Where the page was written; ``None`` when none was.
        width: Columns to keep to; a path or a command is never broken.
        swap: The command that exchanges the two in this call, where it is not the last one.

    Returns:
        Lines without line ends.
    """
    say = phrases()
    lines: list[str] = []
    if review.roles.confidence < SURE and review.roles.agent is not None:
        lines += [say("summary.swap", command=swap or say("roles.swap")), ""]
    lines += wrap(say("summary.call", call=title(review, say), duration=duration(length(review))), width=width)
    for sentence in _glance(review, say):
        lines += wrap(sentence, indent="  ", width=width)
    for sentence in remembered(review):
        lines += ["", *wrap(clean(sentence), width=width)]
    for label, advice in (("keep", review.coaching.keep), ("try", review.coaching.try_)):
        lines += _advice(review, label, advice, say, width)
    if review.warnings:
        lines.append("")
    for warning in review.warnings:
        lines += wrap(f"{say('summary.warning')}: {clean(warning)}", hanging="  ", width=width)
    if report is not None:
        lines += ["", f"{say('summary.report')}: {clean(str(report))}"]
    return lines


def _glance(review: Review, say: Phrases) -> list[str]:
    """Return the call in a few sentences, what the customer got to be heard with first."""
    if review.conversation.agent_alone:
        return [say("summary.one_party"), in_own_words(review, say)]
    alone = one_sided(review)
    if alone is not None:
        return [say(f"summary.{alone}")]
    sentences = [_heard(review, say), _floor(review, say), _talk(review, say)]
    quiet = find(review, "dead_air")
    if quiet is not None and quiet.value:
        sentences.append(say("summary.silence", time=duration(quiet.value)))
    return sentences


def _heard(review: Review, say: Phrases) -> str:
    heard = find(review, "heard_before_solving")
    if heard is None or heard.numerator is None or heard.denominator is None:
        return say("summary.heard_none", why=why(review, "heard_before_solving"))
    return say("summary.heard", n=number(heard.numerator), d=number(heard.denominator))


def _floor(review: Review, say: Phrases) -> str:
    names = {"mine": "interruptions_by_agent", "theirs": "interruptions_by_customer", "signs": "backchannels_by_agent"}
    found = {blank: find(review, name) for blank, name in names.items()}
    values = {blank: number(m.value) for blank, m in found.items() if m is not None and m.value is not None}
    if "mine" not in values:
        return say("summary.floor_unknown", why=why(review, "interruptions_by_agent"))
    return say("summary.floor", **{blank: values.get(blank, say("measures.unknown")) for blank in names})


def _talk(review: Review, say: Phrases) -> str:
    both, share = spoke(review), find(review, "talk_ratio")
    if both is None or share is None or share.value is None:
        return say("summary.talk_unknown", why=why(review, "talk_ratio"))
    agent, customer = map(duration, both)
    return say("summary.talk", agent=agent, customer=customer, share=percent(share.value))


def _advice(review: Review, label: str, advice: Advice | None, say: Phrases, width: int) -> list[str]:
    shown = card(review, advice, say)
    if shown is None:
        nothing = clean(review.coaching.why_no_try or "") or say("advice.nothing")
        if label == "keep":
            return []
        labelled = f"{say('summary.try')}: {nothing}" if review.coaching.keep is not None else nothing
        return ["", *wrap(labelled, hanging="  ", width=width)]
    at = f" ({clock(shown.place.at)})" if shown.place else ""
    lines = ["", *wrap(f"{say(f'summary.{label}')}: {shown.skill}{at}", hanging="  ", width=width)]
    if shown.said:
        lines += wrap(f"{shown.spoken_by}: “{shown.said}”", indent="  ", width=width)
    lines += wrap(shown.why, indent="  ", width=width)
    if shown.suggestion:
        lines += wrap(f"{say('advice.could_say')}: “{shown.suggestion}”", indent="  ", width=width)
    return lines
