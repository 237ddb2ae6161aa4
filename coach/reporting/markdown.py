"""The report as Markdown: what a page shows, for a terminal, a wiki or an editor."""

from __future__ import annotations

import re

from coach.conversation import Review
from coach.reporting import page
from coach.reporting.opening import length, opening, title
from coach.reporting.phrases import Phrases, phrases
from coach.reporting.text import clean, day, duration, percent

# What CommonMark, tables, footnotes, mathematics and autolinks could take for markup, wherever it stands...
_MARKUP = re.compile(r"[\\`*_\[\]<>|~&@$^]|(?<=\w):(?=//)|(?<=www)\.", re.IGNORECASE)
# ...and what means something only at the start of a line.
_LEADING = re.compile(r"^(?:[#+\-=]|\d+(?=[.)]))")


def escape(text: str) -> str:
    r"""Return untrusted text in one line that Markdown shows as it is.

    >>> print(escape("# [pay](http://x) <b>, 4.50"))
    \# \[pay\](http\://x) \<b\>, 4.50
    """
    escaped = _MARKUP.sub(r"\\\g<0>", clean(text))
    leading = _LEADING.match(escaped)
    if leading is None:
        return escaped
    at = leading.end() if leading[0].isdigit() else 0  # a number is told from a list by its dot
    return f"{escaped[:at]}\\{escaped[at:]}"


def render_markdown(review: Review) -> str:
    """Return the report's text as Markdown; every word of a call is escaped."""
    say = phrases()
    name = title(review, say)
    about = [escape(name), day(review.recording.started_at) or "", escape(review.call_type or "")]
    lines = [f"# {say('page.heading')}", "", " · ".join(part for part in about if part), ""]
    for sentence in opening(review, say):
        lines += [escape(sentence), ""]
    if review.roles.confidence < page.SURE and review.roles.agent is not None:
        lines += [f"{say('roles.unsure')} `{say('roles.swap')}`", ""]
    lines += _advice(review, say) + _moments(review, say) + _skills(review, say) + _measures(review, say)
    lines += _transcript(review, say) + _heard(review, say)
    return "\n".join(lines).rstrip() + "\n"


def _advice(review: Review, say: Phrases) -> list[str]:
    coaching = review.coaching
    lines = [f"## {say('advice.heading')}", ""]
    for sentence in page.remembered(review):
        lines += [escape(sentence), ""]
    for heading, advice in (
        ("keep", coaching.keep),
        ("try", coaching.try_),
        *(("another", advice) for advice in coaching.another),
    ):
        shown = page.card(review, advice, say)
        if shown is None:
            if heading == "try":
                lines += [escape(coaching.why_no_try or say("advice.nothing")), ""]
            continue
        lines += [f"### {say(f'advice.{heading}')}", ""]
        at = f" ({shown.place.clock})" if shown.place else ""
        lines += [f"**{escape(shown.skill)}**{at}", ""]
        lines += _quoted(shown.spoken_by, shown.said)
        lines += [escape(shown.why), ""]
        lines += _quoted(say("advice.could_say"), shown.suggestion)
    return lines


def _quoted(by: str, words: str | None) -> list[str]:
    return [f"{by}:", "", f"> {escape(words)}", ""] if words else []


def _moments(review: Review, say: Phrases) -> list[str]:
    lines = [f"## {say('listen.moments')}", ""]
    entries = [entry for entry in page.entries(review, say) if entry.tone != "plain"]
    for entry in entries:
        doubt = f" ({entry.doubt})" if entry.doubt else ""
        said = " ".join(token.text for token in entry.words)
        lines.append(f"- **{entry.place.clock}** {escape(entry.label)}{doubt}" + (f": {escape(said)}" if said else ""))
    return [*lines, "" if entries else say("listen.no_moments"), ""]


def _skills(review: Review, say: Phrases) -> list[str]:
    if not review.skills:
        return [f"## {say('skills.heading')}", "", say("skills.none"), ""]
    head = [say("skills.column_skill"), say("skills.column_count"), say("skills.column_why")]
    rows = [
        [
            escape(skill.name),
            say("skills.count", met=skill.met, of=skill.of) if skill.of else say("skills.nothing"),
            escape(skill.why),
        ]
        for skill in page.tallies(review, say)
    ]
    once = [escape(" ".join(page.said_once(review))), ""] if page.said_once(review) else []
    return [f"## {say('skills.heading')}", "", *_table(head, rows), "", *once]


def _measures(review: Review, say: Phrases) -> list[str]:
    head = [say("measures.column_what"), say("measures.column_value"), say("measures.column_parts")]
    lines = [f"## {say('measures.heading')}", "", say("measures.intro"), ""]
    for group, rows in page.groups(review, say):
        cells = [[escape(r.label), r.value, escape("; ".join(part for part in (r.parts, r.why) if part))] for r in rows]
        lines += [f"### {group}", "", *_table(head, cells), ""]
    return lines


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def _transcript(review: Review, say: Phrases) -> list[str]:
    lines = [f"## {say('listen.transcript')}", ""]
    for line in page.lines(review, say):
        said = " ".join(token.text for token in line.words)
        lines += [f"**{line.who}** {line.place.clock}: {escape(said) if said else say('listen.empty_turn')}", ""]
    return lines


def _heard(review: Review, say: Phrases) -> list[str]:
    provenance, shares = review.provenance, []
    for role in ("agent", "customer"):
        share, who = review.heard.get(role), say(f"who.{role}")
        shares.append(
            say("heard.share_unknown", who=who)
            if share is None
            else say("heard.share_line", who=who, share=percent(share))
        )
    name = title(review, say)
    masked = [say("heard.masked_line", n=n, kind=say.or_name(f"masked.{k}", k)) for k, n in review.masked.items() if n]
    facts = {
        "recording": say("heard.recording_line", name=name, duration=duration(length(review))),
        "parties": say(f"heard.separation_{review.separation}"),
        "you": review.roles.why,
        "share": ", ".join(shares),
        "masked": ", ".join(masked) or say("heard.masked_none"),
        "engine": provenance.transcriber,
        "diarizer": provenance.diarizer or "",
        "recipe": provenance.recipe,
        "version": provenance.coach,
        "fingerprint": provenance.fingerprint,
    }
    lines = [f"## {say('heard.heading')}", ""]
    lines += [f"- {say(f'heard.{key}')}: {escape(fact)}" for key, fact in facts.items() if fact]
    lines += [f"- {say('summary.warning')}: {escape(warning)}" for warning in review.warnings]
    return lines
