"""Does dbt v2 read every committed file? `make parse-v2` says so in seconds; tests.engines.run builds.

It is stricter than dbt 1.x: keys it does not know, and arguments of tests beside them, are errors. So that
the question is not asked in vain, a file that it must refuse is asked about as well.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.engines.environments import FOLDER, REPO, environment

PARSE = "import sys; from pathlib import Path; from tests.engines.dbt_v2 import DbtV2; v2 = DbtV2()\n" + (
    "v2.start(Path(sys.argv[1])); print(*v2.dbt(['parse', *sys.argv[2:]]))"
)
BROKEN = """\
models:
  - name: fct_workspace_mrr
    colums: []
    data_tests:
      - rollforward.unique_together:
          columns: [account_id]
"""


def main() -> int:
    """Parse the demo and the consumer project; 1 and what dbt says where it refuses a file."""
    python, work = environment("dbt_v2"), FOLDER / "dbt_v2" / "parse"
    shutil.rmtree(work, ignore_errors=True)
    consumer = consumer_project(work)
    refused = {str(folder): said for folder in (REPO, consumer) if (said := parsed(python, work, folder))}
    (consumer / "models" / "broken.yml").write_text(BROKEN, encoding="utf-8")
    if not parsed(python, work, consumer):
        refused["a file that has to be refused"] = "was not"
    for folder, said in refused.items():
        print(f"dbt v2 refuses {folder}:\n{said}")
    return 1 if refused else 0


def consumer_project(work: Path) -> Path:
    """Give the consumer project, with the package installed."""
    folder = work / "consumer"
    left = shutil.ignore_patterns("dbt_packages", "target", "logs", "*.duckdb*", "package-lock.yml")
    shutil.copytree(REPO / "tests" / "integration", folder, ignore=left)
    (folder / "dbt_packages").mkdir()
    (folder / "dbt_packages" / "rollforward").symlink_to(REPO, target_is_directory=True)
    (folder / "packages.yml").write_text(f"packages:\n  - local: {REPO}\n", encoding="utf-8")
    return folder


def parsed(python: Path, work: Path, folder: Path) -> str:
    """Give what dbt complains of in a project; nothing when it reads it all."""
    places = [
        "--project-dir",
        str(folder),
        "--profiles-dir",
        str(folder),
        "--target-path",
        str(work / "target"),
    ]
    done = subprocess.run(
        [str(python), "-c", PARSE, str(work), *places],
        cwd=REPO,
        env={**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout + done.stderr).strip()


if __name__ == "__main__":
    sys.exit(main())
