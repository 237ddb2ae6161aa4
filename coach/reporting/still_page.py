"""What a page without script or sound is made with: templates that escape, a style by its hash, and nothing else."""

from __future__ import annotations

import base64
import hashlib

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from markupsafe import Markup

from coach.conversation import ConfigurationError
from coach.reporting.text import clean, day, duration, number, percent, sentence
from coach.resources import resource


def render(template: str, values: dict[str, object], *, styles: tuple[str, ...]) -> str:
    """Return a page.

    Args:
        template: Name of the file in ``reports/templates``.
        values: What it is filled with, besides ``style`` and ``policy``.
        styles: Files that make up its one style.

    Raises:
        ConfigurationError: A template was edited so that it no longer works, or is missing.
    """
    style = "\n".join(map(_source, styles))
    own = {"style": Markup(style), "policy": _policy(style)}  # noqa: S704  (our own file, hashed in the policy)
    try:
        return _environment().get_template(template).render(own | values)
    except TemplateError as error:
        line = f", line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
        raise ConfigurationError(
            f"The template {template}{line} cannot be used: {error.message}. Mend reports/templates, or restore it."
        ) from error


def _environment() -> Environment:
    """Return Jinja with escaping on for every template, whatever its name ends with."""
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(resource("reports", "templates")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        clean=clean, duration=duration, percent=percent, number=number, day=day, sentence=sentence
    )
    return environment


def _source(name: str) -> str:
    """Return a file that goes into the page as it is; its hash must match what a browser reads."""
    path = resource("reports", "templates", name)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read. Restore it; the page needs it.") from error
    if "</" in text:
        raise ConfigurationError(f"{path} holds “</”, which would end its own element. Write it in another way.")
    return text.replace("\r\n", "\n")  # as a browser reads it before it takes the hash


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    rules = (
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return "; ".join(rules)
