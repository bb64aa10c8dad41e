"""`rollforward init`: what it proposes, what it writes, and that it never touches what is there."""

import contextlib
import errno
import io
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pages
import pytest
from conftest import REPO, forget_settings
from rollforward import cli
from rollforward.proposals import Proposal, Sample, best, propose
from rollforward.said import Setting

SUBSCRIPTIONS = """\
subscription_id,customer_id,plan,region,mrr,started_on,ended_on
s1,acme,basic,north,100.00,2026-01-05,2026-03-10
s2,acme,pro,north,250.00,2026-03-10,
s3,birch,basic,south,100.00,2026-01-20,2026-04-02
s4,cedar,pro,south,300.00,2026-02-01,
"""
PROJECT = '# ours\nname: shop  # a name\nversion: "1.0"\nprofile: shop\n'
PROFILES = "shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n"
FILES = {"dbt_project.yml": PROJECT, "profiles.yml": PROFILES, "seeds/fct_subscriptions.csv": SUBSCRIPTIONS}
VARS = """
vars:
  rollforward:
    books:
      recurring_revenue:
        relation: fct_subscriptions
        shape: intervals
        unit: customer_id
        amount: mrr
        started_on: started_on
        ended_on: ended_on
        attributes: [plan, region]
        key: [subscription_id, started_on]
"""


@pytest.fixture(autouse=True)
def nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_settings(monkeypatch)


def project(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def state(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.yml")}


def init(folder: Path, *arguments: str, code: int = 0) -> str:
    printed = io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        assert cli.main(["init", *arguments]) == code, printed.getvalue()
    return printed.getvalue()


def test_a_fresh_project_builds_after_it(tmp_path: Path) -> None:
    """From seeds alone to numbers: init, dbt build, query; and a second init changes nothing."""
    folder = project(tmp_path / "shop")
    said = init(folder)
    assert said.splitlines()[:3] == [
        "changed dbt_project.yml",
        "wrote metrics/retention.yml",
        "wrote packages.yml",
    ]
    assert (folder / "dbt_project.yml").read_text() == PROJECT + VARS
    before = state(folder)
    assert init(folder).startswith("nothing to do: dbt_project.yml has vars of rollforward; metrics/ has")
    assert state(folder) == before
    with contextlib.chdir(folder), pages.at_a_desk():
        pages.run("dbt deps")
        pages.run("dbt build")
        answer = pages.run("rollforward query nrr --by plan --from 2026-03 --to 2026-03")
    # In March acme moved from basic at 100 to pro at 250; birch stayed with 100, cedar with 300.
    assert "2026-03  basic             175.0 %" in answer
    assert "2026-03  pro               100.0 %" in answer


UNREADABLE = {
    "a field that is too long": (SUBSCRIPTIONS.replace("acme", "x" * 140_000).encode(), "field larger than"),
    "another encoding": (SUBSCRIPTIONS.replace("acme", "äcme").encode("latin-1"), "byte 0xe4 is not UTF-8"),
    "sixteen bits": (SUBSCRIPTIONS.encode("utf-16"), "byte 0xff is not UTF-8"),
    "a link that leads nowhere": (None, "cannot be read: No such file or directory"),
}


@pytest.mark.parametrize("content, said", UNREADABLE.values(), ids=list(UNREADABLE))
def test_a_seed_that_cannot_be_read(content: bytes | None, said: str, tmp_path: Path) -> None:
    folder = project(tmp_path / "shop", {**FILES, "seeds/other.csv": SUBSCRIPTIONS})
    seed = folder / "seeds" / "fct_subscriptions.csv"
    seed.unlink()
    if content is None:
        seed.symlink_to("nowhere.csv")
    else:
        seed.write_bytes(content)
    answer = init(folder, "--dry-run", code=1)
    assert "seeds/fct_subscriptions.csv: error[not-" in answer and said in answer
    assert "relation: other" in init(folder, "--dry-run", "--relation", "other")
    with duckdb.connect(str(folder / "shop.duckdb")) as connection:
        connection.execute(f"create table fct_subscriptions as from '{folder}/seeds/other.csv'")
    assert "relation: fct_subscriptions" in init(folder, "--dry-run")


def test_a_table_of_the_database_is_looked_at(tmp_path: Path) -> None:
    files = {name: text for name, text in FILES.items() if not name.startswith("seeds")}
    folder = project(tmp_path / "shop", files | {"models/fct_orders.sql": "select 1 as one\n"})
    with duckdb.connect(str(folder / "shop.duckdb")) as connection:
        connection.execute(
            "create table fct_orders as"
            " select order_id, 'b' || order_id % 7 as buyer, 1.5 * order_id as net_amount,"
            " date '2026-01-01' + cast(order_id as integer) as ordered_at, 'x' || order_id % 3 as channel"
            " from range(60) as orders(order_id)"
        )
    said = init(folder, "--dry-run", "--package", "https://example.org/rollforward.git")
    for line in (
        "payments:",
        "unit: buyer",
        "amount: net_amount",
        "occurred_on: ordered_at",
        "- git: https:",
    ):
        assert line in said
    assert "attributes: [channel]" in said and "key: order_id" in said
    assert "comparisons: [month_over_month, trailing_12_months]" in said
    assert "would write metrics/retention.yml" in said
    assert not (folder / "metrics").exists()


def test_flags_come_before_what_is_guessed(tmp_path: Path) -> None:
    folder = project(tmp_path / "shop")
    init(
        folder, "--relation", "source('billing', 'rows')", "--shape", "snapshots",
        "--unit", "account,product", "--amount", "value", "--date", "day", "--attribute", "tier",
        "--book", "mrr", "--package", "../elsewhere",
    )  # fmt: skip
    text = (folder / "dbt_project.yml").read_text()
    for line in (
        "relation: \"source('billing', 'rows')\"",
        "snapshot_on: day",
        "unit: [account, product]",
        "mrr:",
    ):
        assert line in text
    assert "- local: ../elsewhere" in (folder / "packages.yml").read_text()


def test_answers_on_a_terminal_come_before_what_is_guessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from argparse import Namespace

    from rollforward.arguments import parser
    from rollforward.command_init import run

    folder = project(tmp_path / "shop")
    monkeypatch.chdir(folder)
    options: Namespace = parser().parse_args(["init"])
    answers = {
        "columns to slice by (- for none)": "region",
        "column, or columns, that identify a row (- for none)": "-",
    }
    asked: list[str] = []

    def ask(what: str, proposed: str) -> str:
        asked.append(f"{what} [{proposed}]")
        return answers.get(what, proposed)

    run(options, Setting(folder, ask=ask))
    text = (folder / "dbt_project.yml").read_text()
    assert "attributes: [region]" in text and "key:" not in text and "started_on: started_on" in text
    assert asked[0] == "model, seed or source with the revenue [fct_subscriptions]"
    assert "column for ended_on [ended_on]" in asked


def test_another_relation_is_looked_at_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rollforward.arguments import parser
    from rollforward.command_init import run

    payments = "user_id,total,paid_at\n1,5,2026-01-31\n"
    folder = project(tmp_path / "shop", FILES | {"seeds/receipts.csv": payments})
    monkeypatch.chdir(folder)
    answers = {"model, seed or source with the revenue": "receipts"}
    run(parser().parse_args(["init"]), Setting(folder, ask=lambda what, given: answers.get(what, given)))
    text = (folder / "dbt_project.yml").read_text()
    for line in ("relation: receipts", "shape: payments", "unit: user_id", "occurred_on: paid_at"):
        assert line in text


def test_what_is_not_there_is_said_all_at_once(tmp_path: Path) -> None:
    folder = project(tmp_path / "shop")
    said = init(folder, "--relation", "fct_subscription", code=2)
    assert "the project has no model, seed or snapshot 'fct_subscription'" in said
    assert "did you mean 'fct_subscriptions'?" in said
    said = init(folder, "--relation", "fct_subscriptions", "--unit", "custmer_id", "--attribute", "x", code=2)
    assert "has no column 'custmer_id'\n     = hint: did you mean 'customer_id'?" in said
    assert "has no column 'x'\n     = hint: columns: subscription_id, customer_id, plan," in said
    assert (folder / "dbt_project.yml").read_text() == PROJECT


def test_another_book_is_shown_for_you_to_add(tmp_path: Path) -> None:
    folder = project(tmp_path / "shop")
    init(folder)
    before = state(folder)
    said = init(folder, "--relation", "fct_subscriptions", "--book", "twice")
    assert "add to the books of dbt_project.yml:" in said and "      twice:\n" in said
    assert state(folder) == before
    words = ("--relation", "fct_subscriptions", "--book")
    taken = init(folder, *words, "Recurring_Revenue", code=2)
    assert "--book: error[duplicate-name]: there is a book 'Recurring_Revenue' already" in taken
    assert "--book: error[invalid-name]: 'my book' cannot be" in init(folder, *words, "my book", code=2)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("vars:\n  other: 1  # theirs\n", "vars:\n  rollforward:\n    books:\n"),
        (
            "vars:\n    # theirs\n    other: {a: 1}\n",
            "vars:\n    # theirs\n    rollforward:\n        books:\n",
        ),
        ("models:\n  +materialized: view", "models:\n  +materialized: view\n\nvars:\n  rollforward:\n"),
    ],
)
def test_vars_are_added_beside_those_that_are_there(tmp_path: Path, given: str, expected: str) -> None:
    folder = project(tmp_path / "shop", FILES | {"dbt_project.yml": PROJECT + given})
    init(folder)
    text = (folder / "dbt_project.yml").read_text()
    assert expected in text
    added = [line for line in text.splitlines() if line not in (PROJECT + given).splitlines()]
    assert (
        "".join(line + "\n" for line in text.splitlines() if line not in added).split()
        == (PROJECT + given).split()
    )


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("given", ["", "\n\n", "vars:\n  other: 1\n", "models: {}"])
@pytest.mark.parametrize("listed", ["# ours\n", "packages:\n  - package: a/b\n    version: 1.0.0\n"])
def test_lines_that_are_there_stay_to_the_byte(tmp_path: Path, end: str, given: str, listed: str) -> None:
    folder = project(tmp_path / "shop")
    before = {
        "dbt_project.yml": (PROJECT + given).replace("\n", end).encode(),
        "packages.yml": listed.replace("\n", end).encode(),
    }
    for name, text in before.items():
        (folder / name).write_bytes(text)
        (folder / name).chmod(0o640)
    init(folder, "--package", "../rollforward")
    for name, text in before.items():
        after = (folder / name).read_bytes()
        start = next((at for at, (a, b) in enumerate(zip(text, after, strict=False)) if a != b), len(text))
        assert after.endswith(text[start:]) and len(after) > len(text)
        assert after.count(b"\r\n") == (after.count(b"\n") if end == "\r\n" else 0)
        assert (folder / name).stat().st_mode & 0o777 == 0o640
    assert init(folder, "--package", "../rollforward").startswith("nothing to do")


def test_a_file_that_cannot_be_written_is_left_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full half way leaves the old text, and no draft."""
    folder = project(tmp_path / "shop")
    replace = Path.replace

    def full(*_: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert "dbt_project.yml: error[not-writable]: cannot be written: No space left" in init(folder, code=1)
    monkeypatch.setattr(Path, "replace", replace)
    assert (folder / "dbt_project.yml").read_text() == PROJECT
    assert not list(folder.glob(".*.tmp"))
    (folder / "dbt_project.yml").rename(folder / "ours.yml")
    (folder / "dbt_project.yml").symlink_to("ours.yml")
    init(folder)
    assert (folder / "dbt_project.yml").is_symlink() and (folder / "ours.yml").read_text() == PROJECT + VARS


def test_a_link_to_itself_is_no_place_to_write(tmp_path: Path) -> None:
    folder = project(tmp_path / "shop")
    (folder / "packages.yml").symlink_to("packages.yml")
    assert "packages.yml: error[not-writable]: cannot be written: Too many levels" in init(folder, code=1)
    assert (folder / "packages.yml").is_symlink()


def test_what_cannot_be_added_as_text_is_said(tmp_path: Path) -> None:
    folder = project(tmp_path / "shop", FILES | {"dbt_project.yml": PROJECT + "vars: {other: 1}\n"})
    said = init(folder)
    assert "add to dbt_project.yml:\n\nvars:\n  rollforward:\n    books:" in said
    assert (folder / "dbt_project.yml").read_text() == PROJECT + "vars: {other: 1}\n"


def test_a_list_of_packages_keeps_what_it_has(tmp_path: Path) -> None:
    listed = "packages:\n  # ours\n  - package: dbt-labs/dbt_utils\n    version: 1.0.0\n"
    folder = project(tmp_path / "shop", FILES | {"packages.yml": listed})
    init(folder, "--package", "../rollforward")
    assert (folder / "packages.yml").read_text() == (
        "packages:\n  # ours\n  - local: ../rollforward\n"
        "  - package: dbt-labs/dbt_utils\n    version: 1.0.0\n"
    )


def test_where_nothing_can_be_told_it_says_what_to_say(tmp_path: Path) -> None:
    bare = {"dbt_project.yml": PROJECT, "seeds/numbers.csv": "a,b\n1,2\n"}
    folder = project(tmp_path / "shop", bare)
    assert "error[no-proposal]: no relation of the project looks like revenue" in init(folder, code=2)
    said = init(folder, "--relation", "numbers", "--unit", "a", code=2)
    assert "it cannot be told how to read 'numbers'" in said and "say --shape, --amount, --date" in said
    said = init(folder, "--relation", "numbers", "--shape", "payments", "--unit", "a", "--amount", "b",
                "--date", "a,b", code=2)  # fmt: skip
    assert "shape payments has 1 date column" in said
    assert "error[own-package]" in init(REPO, code=1)


COLUMNS = {
    "intervals": {"account_id": ["1", "2", "2"], "amount": ["1", "2", "3"], "start_date": ["2026-01-01"] * 3,
                  "end_date": ["", "2026-02-01", ""], "plan_tier": ["a", "b", "a"], "email": ["x", "y", "z"]},
    "snapshots": {"workspace": ["w", "v"], "mrr": ["1", "2"], "date_month": ["2026-01-31", "2026-02-28"]},
    "movements": {"customer": ["w", "v"], "mrr_change": ["1", "-2"], "changed_on": ["2026-01-31"] * 2},
    "payments": {"user_id": ["1", "2"], "total": ["1", "2"], "paid_at": ["2026-01-31 10:00:00"] * 2},
}  # fmt: skip


@pytest.mark.parametrize("shape", list(COLUMNS))
def test_a_shape_is_known_by_its_columns(shape: str) -> None:
    found = propose(Sample("given", COLUMNS[shape]))
    assert (found.shape, found.missing) == (shape, [])
    assert found.unit == (next(iter(COLUMNS[shape])),)
    assert found.attributes == (("plan_tier",) if shape == "intervals" else ())


def test_what_cannot_be_an_attribute_is_not_proposed() -> None:
    """`check` would refuse it, and so would dbt."""
    refused = ("group", "arr_revenue", "old_customers", "plan__new", "movement", "periods_ago", "a_numerator")
    columns = {**COLUMNS["intervals"], **dict.fromkeys(refused, ["a", "b", "a"])}
    assert propose(Sample("given", columns)).attributes == ("plan_tier",)


def test_what_a_row_has_become_is_not_proposed_to_slice_by() -> None:
    columns = {**COLUMNS["intervals"], **dict.fromkeys(("status", "Subscription_Status"), ["a", "b", "a"])}
    assert propose(Sample("given", columns)).attributes == ("plan_tier",)


KEYS = {
    "an event has an id": ("payments", {"order_id": ["1", "2"]}, ("order_id",)),
    "an id that is missing": ("payments", {"order_id": ["1", " "]}, ()),
    "an id that is repeated": ("payments", {"order_id": ["1", "1"]}, ()),
    "the id of the line, not of what it is a line of": (
        "payments",
        {"invoice_id": ["1", "2"], "line_id": ["7", "8"]},
        ("line_id",),
    ),
    "ids of customers and plans": ("payments", {"account_id": ["1", "2"], "plan_id": ["1", "2"]}, ()),
    "what goes on can get further rows": ("intervals", {"id": ["1", "2", "3"]}, ("id", "start_date")),
    "of a part": (
        "intervals",
        {"subscription_item_id": ["1", "2", "3"]},
        ("subscription_item_id", "start_date"),
    ),
    "of a snapshot": ("snapshots", {"item_id": ["1", "2"]}, ("item_id", "date_month")),
}


@pytest.mark.parametrize("shape, added, key", KEYS.values(), ids=list(KEYS))
def test_the_id_of_a_row_is_proposed_as_its_key(
    shape: str, added: dict[str, list[str]], key: tuple[str, ...]
) -> None:
    """Without one, a row that was loaded twice counts twice."""
    assert propose(Sample("given", COLUMNS[shape] | added)).key == key


def test_what_flags_say_is_not_proposed_to_slice_by(tmp_path: Path) -> None:
    folder = project(tmp_path / "shop")
    words = ("--relation", "fct_subscriptions", "--dry-run", "--unit", "plan")
    assert "attributes: [region]" in init(folder, *words)
    assert "attributes: [plan]" in init(folder, *words, "--attribute", "plan")


def test_a_key_goes_by_what_flags_say(tmp_path: Path) -> None:
    folder = project(tmp_path / "shop")
    relation = ("--relation", "fct_subscriptions", "--dry-run")
    assert "key: [subscription_id, started_on]" in init(folder, *relation)
    assert "key: subscription_id\n" in init(folder, *relation, "--key", "subscription_id")
    assert "key:" not in init(folder, *relation, "--unit", "subscription_id")
    snapshots = init(folder, *relation, "--shape", "snapshots", "--date", "ended_on")
    assert "key: [subscription_id, ended_on]" in snapshots


@pytest.mark.parametrize(
    ("first", "last", "comparisons"),
    [
        ("2024-01-12", "2025-12-30", "month_over_month, trailing_12_months"),
        ("2024-01-12", "2025-12-31", "trailing_12_months"),
    ],
)
def test_a_young_book_of_payments_has_something_to_look_at(
    tmp_path: Path, first: str, last: str, comparisons: str
) -> None:
    """Twelve months against the twelve before need twenty-four."""
    rows = f"user_id,total,paid_at\n1,5,{first}\n1,5,{last}\n"
    folder = project(tmp_path / "shop", FILES | {"seeds/receipts.csv": rows})
    init(folder, "--relation", "receipts")
    view = (folder / "metrics" / "retention.yml").read_text()
    assert f"    comparisons: [{comparisons}]\n" in view
    reach = "    # trailing_12_months begins with month 24; the rows looked at reach over 23 months.\n"
    assert (reach in view) == ("month_over_month" in comparisons)


def test_several_currencies_are_noted(tmp_path: Path) -> None:
    rows = "user_id,total,paid_at,currency_code\n1,5,2026-01-31,EUR\n2,5,2026-01-31,"
    folder = project(tmp_path / "shop", FILES | {"seeds/receipts.csv": rows + "USD\n"})
    said = init(folder, "--relation", "receipts", "--dry-run")
    assert (
        "rollforward: 'currency_code' holds EUR and USD: amounts of several currencies would be added up"
        " as they are; convert them in the model, or keep one currency per book\n"
    ) in said
    (folder / "seeds" / "receipts.csv").write_text(rows + "EUR\n")
    assert "currencies" not in init(folder, "--relation", "receipts", "--dry-run")


def test_amounts_that_are_texts_are_named(tmp_path: Path) -> None:
    rows = "customer_id,mrr,date_month\na,EUR 99,2026-01-31\nb,12.50,2026-01-31\nc,,2026-01-31\n"
    folder = project(tmp_path / "shop", FILES | {"seeds/fct_mrr.csv": rows.replace("12.50", '"1,200.00"')})
    relation = ("--relation", "fct_mrr", "--dry-run")
    assert init(folder, *relation, code=2) == (
        "command line: error[no-proposal]: it cannot be told how to read 'fct_mrr': 'mrr' holds texts such as"
        " 'EUR 99', which are no numbers\n"
        "     = hint: turn 'mrr' into a number in the model, or say --amount\n"
        "rollforward: 1 problem\n"
    )
    (folder / "seeds" / "fct_mrr.csv").write_text(rows)
    said = init(folder, *relation, "--amount", "mrr")
    assert "amount: mrr" in said
    assert "rollforward: 'mrr' holds no number in 1 of 3 rows looked at, such as 'EUR 99': they would" in said
    (folder / "seeds" / "fct_mrr.csv").write_text(rows.replace("EUR 99", "99"))
    assert "no number" not in init(folder, *relation)


def test_columns_named_like_numbers_are_quoted(tmp_path: Path) -> None:
    columns = (
        SUBSCRIPTIONS.replace("customer_id", "1_000")
        .replace("region", "off")
        .replace("subscription_id", ".5")
    )
    folder = project(tmp_path / "shop", FILES | {"seeds/fct_subscriptions.csv": columns})
    init(folder, "--relation", "fct_subscriptions", "--unit", "1_000", "--attribute", "off,.5", code=1)
    init(folder, "--relation", "fct_subscriptions", "--unit", "1_000", "--attribute", "plan")
    assert 'unit: "1_000"' in (folder / "dbt_project.yml").read_text()


def test_a_few_values_that_cannot_be_read_are_no_reason_to_give_up() -> None:
    """The build lists them."""
    columns = {
        "customer_id": ["a"] * 40,
        "mrr": ["10"] * 39 + ["1,200"],
        "started_on": ["2026-01-05"] * 39 + ["soon"],
        "ended_on": [""] * 40,
    }
    found = propose(Sample("given", columns))
    assert (found.amount, found.dates) == ("mrr", ("started_on", "ended_on"))


def test_the_likeliest_relation_is_proposed() -> None:
    given = [Sample(shape, columns) for shape, columns in reversed(COLUMNS.items())]
    assert best([*given, Sample("nothing", {"x": ["1"]})]) == propose(given[-1])
    assert best([Sample("nothing", {"x": ["1"]})]) is None
    assert propose(Sample("empty", {})) == Proposal("empty")
