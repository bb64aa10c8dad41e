"""rollforward: how much do the customers we already have grow or shrink?"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rollforward.api import Metric as Metric
    from rollforward.api import Project as Project
    from rollforward.api import Result as Result
    from rollforward.errors import ProblemsFound as ProblemsFound

__version__ = "0.1.0"
_PLACES = {
    "Project": "rollforward.api",
    "Result": "rollforward.api",
    "Metric": "rollforward.api",
    "ProblemsFound": "rollforward.errors",
}
__all__ = ["Metric", "ProblemsFound", "Project", "Result", "__version__"]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is: the import of the package itself stays light."""
    if name in _PLACES:
        return getattr(importlib.import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'rollforward' has no attribute '{name}'")
