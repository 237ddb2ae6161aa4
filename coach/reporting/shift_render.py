"""What the pages of a shift have in common: one file each, no script, no address but those of reports beside them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from markupsafe import Markup

from coach.conversation import ConfigurationError
from coach.reporting.phrases import SHIFT, phrases
from coach.reporting.shift_chart import multiple, strip
from coach.reporting.shift_values import ENOUGH, ENOUGH_CALLS
from coach.reporting.shift_words import Teller, current, day_in_words, has_more
from coach.reporting.text import clean, clock, sentence
from coach.resources import resource

STYLES = ("report.css", "shift.css")
"""A report's looks, and what a shift's pages add to them."""


def render(template: str, values: Mapping[str, object]) -> str:
    """Return a page.

    Args:
        template: Its name in ``reports/templates``.
        values: What it shows.

    Raises:
        ConfigurationError: A template, style or sentence was edited so that it no longer works.
    """
    say = phrases(SHIFT)
    tell = Teller(say)
    style = "\n".join(map(_source, STYLES))
    common: dict[str, object] = {
        "say": say,
        "tell": tell,
        "names": phrases(),
        "style": Markup(style),  # noqa: S704  (our own files, hashed in the policy)
        "policy": _policy(style),
        "enough": ENOUGH,
        "enough_calls": ENOUGH_CALLS,
        "current": current,
        "multiple": lambda skill: multiple(skill, tell),
        "strip": strip,
    }
    try:
        return _environment(resource("reports", "templates")).get_template(template).render({**common, **values})
    except TemplateError as error:
        line = f", line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
        raise ConfigurationError(
            f"The template {template}{line} cannot be used: {error.message}. Mend reports/templates, or restore it."
        ) from error


@cache
def _environment(folder: Path) -> Environment:
    """Return Jinja with escaping on; kept, so that a hundred people's pages are not compiled a hundred times."""
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(folder),  # reads a template again when it has changed
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(clean=clean, clock=clock, day=day_in_words, sentence=sentence, has_more=has_more)
    return environment


def _source(name: str) -> str:
    """Return a style sheet as a browser reads it before it takes the hash."""
    path = resource("reports", "templates", name)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read. Restore it; the pages need it.") from error
    if "</" in text:
        raise ConfigurationError(f"{path} holds “</”, which would end its own element. Write it in another way.")
    return text.replace("\r\n", "\n")


def _policy(style: str) -> str:
    """Return the security policy: the page's own style by its hash, and nothing else at all."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
