"""Jinja in the YAML that dbt reads for itself: dbt_project.yml and profiles.yml.

`env_var` alone, which is nearly all that they hold, is read here; anything more is Jinja's, which is loaded
then and not before.
"""

from __future__ import annotations

import os
import re

from rollforward.errors import refused
from rollforward.source import Scalar

_ENV_VAR = re.compile(
    r"\{\{\s*env_var\(\s*(?P<q>['\"])(?P<name>\w+)(?P=q)\s*"
    r"(?:,\s*(?P<r>['\"])(?P<default>[^'\"{}]*)(?P=r)\s*)?\)\s*\}\}"
)
_JINJA = ("{{", "{%", "{#")
_RAISED_BY_TEMPLATES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What the expressions of a template raise that Jinja passes on: 1 / 0, a call without its arguments."""


def has_jinja(scalar: Scalar) -> bool:
    """Whether there is anything to render."""
    return any(mark in scalar.text for mark in _JINJA)


def rendered(scalar: Scalar) -> str:
    """Give a text with its Jinja rendered; raises ProblemsFound (needs-jinja2, env-var-missing)."""
    text = _ENV_VAR.sub(lambda found: _environment(scalar, found["name"], found["default"]), scalar.text)
    if not any(mark in text for mark in _JINJA):
        return text
    try:
        import jinja2
    except ImportError:
        message = f"'{scalar.text}' is Jinja beyond a plain env_var, and jinja2 is not installed"
        hint = "pip install jinja2 (dbt brings it along), or write {{ env_var('NAME') }}"
        raise refused("needs-jinja2", message, scalar.place, hint) from None
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    environment.filters |= dict.fromkeys(("as_text", "as_bool", "as_number", "as_native"), _same)

    def env_var(name: str, default: object = None) -> str:
        return _environment(scalar, name, default)

    # What messages call it.
    env_var.__qualname__ = "env_var"
    try:
        return environment.from_string(scalar.text).render(env_var=env_var)
    except (jinja2.TemplateError, *_RAISED_BY_TEMPLATES) as error:
        message = f"'{scalar.text}' cannot be rendered: {error}"
        raise refused("needs-jinja2", message, scalar.place, "there is env_var here, and no macros") from None


def _environment(scalar: Scalar, name: str, default: object) -> str:
    value = os.environ.get(name)
    if value is None and default is None:
        message = f"the environment variable {name} is not set"
        raise refused(
            "env-var-missing", message, scalar.place, f"set it, or give env_var('{name}', a default)"
        )
    return str(default) if value is None else value


def _same(value: object) -> object:
    return value
