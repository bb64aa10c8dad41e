"""dbt v2 on DuckDB: one program, which runs no Python and reads nothing but the committed files."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import version
from pathlib import Path

import _duckdb  # type: ignore[import-not-found,unused-ignore]
import duckdb

from tests.engines.duckdb import DuckDB
from tests.engines.perform import REPO, Bench

DRIVER = """\
manifest_version = 1

[Driver]
entrypoint = "duckdb_adbc_init"

[Driver.shared]
linux_{machine} = "{library}"
"""


OF_ITS_OWN_CODE = re.compile(r"\s+(\d+: |at \./)")


class DbtV2(DuckDB):
    """DuckDB is loaded as an ADBC driver: the library in DuckDB's wheel, which wants Python's beside it."""

    name = "dbt_v2"

    def start(self, folder: Path) -> None:
        super().start(folder)
        drivers = folder / "drivers"
        drivers.mkdir(parents=True, exist_ok=True)
        machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
        (drivers / "duckdb.toml").write_text(DRIVER.format(machine=machine, library=_duckdb.__file__))
        python = Path(*(str(sysconfig.get_config_var(place)) for place in ("LIBDIR", "INSTSONAME")))
        self.settings = {"ADBC_DRIVER_PATH": str(drivers)}
        if python.exists():
            self.settings["LD_PRELOAD"] = str(python)

    def dbt(self, arguments: list[str]) -> list[str]:
        """Run dbt and give what it complains of; nothing when all went well."""
        program = Path(sys.executable).with_name("dbt")
        done = subprocess.run(
            [str(program), *arguments, "--no-use-colors"],
            env={**os.environ, **self.settings},
            capture_output=True,
            text=True,
            check=False,
        )
        said = [line for line in (done.stdout + done.stderr).splitlines() if not OF_ITS_OWN_CODE.match(line)]
        return [] if done.returncode == 0 else ["\n".join(said)[-3000:]]

    def versions(self) -> dict[str, str]:
        return {"DuckDB": duckdb.__version__, "dbt": version("dbt")}

    def _let_go(self) -> None:
        """Nothing is kept open: every build is a process of its own."""


def warehouse() -> DbtV2:
    """Give the engine."""
    return DbtV2()


def page(bench: Bench) -> None:
    """Follow docs/how-to/dbt-v2.md in a copy of the consumer project; what it installs is here already."""
    folder = bench.folder / "page"
    left = shutil.ignore_patterns("dbt_packages", "target", "logs", "*.duckdb*", "package-lock.yml")
    shutil.copytree(REPO / "tests" / "integration", folder, ignore=left)
    (folder / "packages.yml").write_text(f"packages:\n  - local: {REPO}\n")
    text = (REPO / "docs" / "how-to" / "dbt-v2.md").read_text()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for language, title, block in re.findall(
        r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', text, re.S | re.M
    ):
        if title:
            (folder / title).write_text(block)
        elif language == "console" and "pip install" not in block:
            command, _, answer = block.removeprefix("$ ").partition("\n")
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=folder,
                env={**os.environ, "PATH": path},
                capture_output=True,
                text=True,
            )
            if done.returncode or answer.strip() not in done.stdout:
                raise RuntimeError(f"{command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


CHECKS = (page,)
