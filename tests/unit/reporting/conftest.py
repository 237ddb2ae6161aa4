"""The made review, for every test of this folder."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    """Return the module of made reviews; test folders are no packages, so it is loaded by its path."""
    path = Path(__file__).with_name("samples.py")
    spec = importlib.util.spec_from_file_location("reporting_samples", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
