"""Following a page of the docs: titled blocks become files, commands are run, answers are looked for.

```yaml title="models/x.yml"   a file
```console                     lines after `$ ` are commands, others what they print; `…`: some left out
```sql                         a query on the page's database, which must run
```python                      a program, which must run
"""

import contextlib
import io
import itertools
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import duckdb
import pytest
from conftest import REPO, close_databases

BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', flags=re.S | re.M)


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    language: str
    title: str
    text: str


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order."""
    return [Block(language, title, text) for language, title, text in BLOCK.findall(page.read_text())]


def commands(block: Block) -> Iterator[tuple[str, list[str]]]:
    """Each command of a console block with the lines it is said to answer."""
    command, answer = "", []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, answer
            command, answer = line[2:], []
        elif line.strip():
            answer.append(line)
    if command:
        yield command, answer


def follow(page: Path, folder: Path, instead: Mapping[str, str] = MappingProxyType({})) -> None:
    """Do what a page says, in a folder that stands beside the package as the page has it.

    `instead` is written into files for what stands for something of the reader's, such as an address.
    """
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder.parent / "rollforward"
    if not beside.exists():
        beside.symlink_to(REPO, target_is_directory=True)
    with contextlib.chdir(folder), at_a_desk():
        for block in blocks(page):
            if block.title:
                file = folder / block.title
                file.parent.mkdir(parents=True, exist_ok=True)
                text = block.text
                for said, meant in instead.items():
                    text = text.replace(said, meant)
                file.write_text(text)
            elif block.language == "console":
                for command, answer in commands(block):
                    check_answer(page, command, run(command), answer)
            elif block.language == "python":
                exec(compile(block.text, str(page), "exec"), {})
            elif block.language == "sql":
                with duckdb.connect(str(next(folder.glob("*.duckdb")))) as connection:
                    connection.execute(block.text)


@contextlib.contextmanager
def at_a_desk() -> Iterator[None]:
    """As on a user's own machine: in CI, dbt checks generated files and does not write them."""
    with pytest.MonkeyPatch.context() as environment:
        for name in ("CI", "COLUMNS", "NO_COLOR"):
            environment.delenv(name, raising=False)
        for role in ("AUTHOR", "COMMITTER"):
            environment.setenv(f"GIT_{role}_NAME", "someone")
            environment.setenv(f"GIT_{role}_EMAIL", "someone@example.org")
        yield


def run(command: str) -> str:
    """What a command prints; it is run in this process, in the folder the page is followed in."""
    program, *arguments = shlex.split(command)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        match program:
            case "dbt":
                from dbt.cli.main import dbtRunner

                succeeded = dbtRunner().invoke(["--log-level-file", "none", *arguments]).success
                close_databases()
            case "rollforward":
                from rollforward.cli import main

                succeeded = main(arguments) == 0
            case "git" | "cp":
                succeeded = subprocess.run([program, *arguments], check=False).returncode == 0
            case _:
                raise AssertionError(f"a page runs '{program}', which no test knows how to run")
    text = printed.getvalue()
    said_to_fail = "error" in text and program == "rollforward"
    assert succeeded or said_to_fail, f"{command}\n{text}"
    return text


def check_answer(page: Path, command: str, printed: str, answer: list[str]) -> None:
    """What a page shows as an answer is what a command prints, line after line; blanks and colours aside.

    A line `…` stands for lines that are left out. dbt says much before and after its answer: there no mark is
    needed at the ends.
    """
    lines = [*filter(None, map(_plain, re.sub(r"\x1b\[[0-9;]*m", "", printed).splitlines()))]
    shown = [_plain(line) for line in answer]
    if shown and not command.startswith("rollforward"):
        shown = ["…", *shown, "…"]
    assert not shown or _are_shown(shown, lines), "\n".join(
        [f"{page.name}: `{command}` does not print", *answer, "", "but", printed]
    )


def _are_shown(shown: list[str], lines: list[str]) -> bool:
    """Whether lines are as they are shown: each stretch between two `…` in one piece, in their order."""
    whole, at = ["(start)", *lines, "(end)"], 0
    for left_out, part in itertools.groupby(["(start)", *shown, "(end)"], lambda line: line == "…"):
        if not left_out:
            wanted = list(part)
            fits = (start for start in range(at, len(whole)) if whole[start : start + len(wanted)] == wanted)
            if (found := next(fits, None)) is None:
                return False
            at = found + len(wanted)
    return True


def _plain(line: str) -> str:
    return " ".join(line.split())
