"""The examples in docstrings run."""

import doctest
import importlib
import pkgutil

import pytest
import rollforward

MODULES = [module.name for module in pkgutil.iter_modules(rollforward.__path__, "rollforward.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
