"""Each engine's own Python environment, below .engines/, made anew when its pins changed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).parents[2]
FOLDER = REPO / ".engines"
LOCKS = REPO / "requirements" / "engines"


def environment(name: str) -> Path:
    """Give the Python of an engine's own environment."""
    return environment_of(name, LOCKS / f"{name}.txt")


def environment_of(name: str, lock: Path) -> Path:
    """Give the Python of an environment, made anew when its pins changed."""
    venv = FOLDER / name / "venv"
    stamp, wanted = venv / ".made-of", hashlib.sha256(lock.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        own = str(Path(sys.executable).parent)
        settings = {**os.environ, "PATH": f"{own}{os.pathsep}{os.environ['PATH']}", "PYTHON": sys.executable}
        subprocess.run(
            ["sh", "requirements/install.sh", str(venv), str(lock)], cwd=REPO, env=settings, check=True
        )
        stamp.write_text(wanted)
    return venv / "bin" / "python"
