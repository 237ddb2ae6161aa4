"""What every page is made with: templates that escape, style and script told to the browser by their hash."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError

from coach.conversation import ConfigurationError
from coach.reporting.text import clean, clock, day, duration, number, percent, sentence
from coach.resources import resource

Filter = Callable[..., object]

FILTERS: Mapping[str, Filter] = {
    "clean": clean,
    "clock": clock,
    "day": day,
    "duration": duration,
    "number": number,
    "percent": percent,
    "sentence": sentence,
}
"""What every template may write values with."""


def fill(template: str, values: Mapping[str, object], *, called: str = "", filters: Mapping[str, Filter] = {}) -> str:
    """Return a page.

    Args:
        template: Its name in ``reports/templates``.
        values: What it shows.
        called: What a message calls it; its name when not given.
        filters: Besides ``FILTERS``, or in their place.

    Raises:
        ConfigurationError: A template was edited so that it no longer works, or is missing.
    """
    environment = _environment(resource("reports", "templates"), tuple(filters.items()))
    try:
        return environment.get_template(template).render(values)
    except TemplateError as error:
        line = f", line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
        raise ConfigurationError(
            f"{called or f'The template {template}'}{line} cannot be used: {error.message}. Mend reports/templates, "
            "or restore it."
        ) from error


@cache
def _environment(folder: Path, filters: tuple[tuple[str, Filter], ...]) -> Environment:
    """Return Jinja with escaping on, whatever a template is called; kept, so that many pages are compiled once."""
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(folder),  # reads a template again when it has changed
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({**FILTERS, **dict(filters)})
    return environment


def source(*names: str) -> str:
    """Return files that go into a page as they are, one after the other: their hash must match what a browser reads.

    Raises:
        ConfigurationError: One is missing, or would end its own element.
    """
    return "\n".join(map(_source, names))


def _source(name: str) -> str:
    path = resource("reports", "templates", name)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read. Restore it; the page needs it.") from error
    if "</" in text:
        raise ConfigurationError(f"{path} holds “</”, which would end its own element. Write it in another way.")
    return text.replace("\r\n", "\n")  # as a browser reads it before it takes the hash


def policy(*allowed: str) -> str:
    """Return a page's content security policy: these rules for what it has, and nothing more.

    Args:
        allowed: Such as ``style-src`` with the style's digest.
    """
    return "; ".join(("default-src 'none'", *allowed, "img-src data:", "base-uri 'none'", "form-action 'none'"))


def digest(text: str) -> str:
    """Return a text's hash as a policy writes it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"
