"""Every code a problem can have, and what it is about in a sentence or two.

Codes never change their meaning: people search for them, and CI may be told to look past one. The page of
problems and the rules of SARIF are made from this table.
"""

from __future__ import annotations

from collections.abc import Mapping

FILES: Mapping[str, str] = {
    "not-readable": "A file of definitions, or a seed that `init` looks at, is there and cannot be read.",
    "not-utf-8": "A file is not encoded as UTF-8, the only encoding that YAML and dbt agree on.",
    "not-printable": "A file holds a control character, which no editor shows.",
    "too-large": "A file is larger than anybody would write by hand.",
    "more-problems": "A file has more problems than are said at once.",
    "empty-file": "A file of definitions holds nothing.",
    "yaml-syntax": "The file is not YAML.",
    "yaml-tab": "YAML does not take tabs for indenting.",
    "yaml-tag": "Tags such as `!!str` change what words mean, and are not used in definitions.",
    "yaml-anchor": (
        "Anchors hide what a definition says from whoever reads it; `dbt_project.yml` may use them."
    ),
    "several-documents": "A file is one YAML document.",
    "not-a-mapping": "A file starts with keys such as `metrics:`.",
    "too-deep": "Lists and mappings are nested deeper than any definition needs.",
    "no-definitions": "The project has neither definitions nor anything made from them.",
    "metrics-in-models": (
        "dbt reads the YAML below its model paths as its own, so definitions lie beside them."
    ),
    "package-missing": "The dbt package is not installed, so its metrics and measures are not known.",
}
"""What is wrong with whole files."""

KEYS: Mapping[str, str] = {
    "unknown-key": "A key is not one of those that are read here; what it says would have no effect.",
    "duplicate-key": "A key is given twice; YAML readers keep one of them without a word.",
    "key-not-text": "A key is a list or a mapping.",
    "missing-key": "A key that is needed is not there.",
    "empty-value": "A key has nothing behind it.",
    "wrong-shape": "There is a list, a mapping or a text where something else is due.",
    "unknown-type": "A metric is simple, ratio, derived or trailing.",
    "unknown-word": "A key takes one of a few words, and this is none of them.",
    "not-a-number": "A whole number is due, without quotes, within limits.",
    "not-ascending": "The limits of bands come from the smallest to the largest.",
    "missing-bands": "A dimension that is a number has too many values to slice by.",
    "not-a-date": "Dates are written YYYY-MM-DD, in quotes.",
    "jinja": "Jinja is not run in definitions; written out, it would run where nobody expects it.",
    "listed-twice": "A list names the same thing twice, perhaps once by an alias.",
}
"""What is wrong with keys and their values."""

NAMES: Mapping[str, str] = {
    "invalid-name": (
        "A name becomes a column, a macro or a model on every engine: lower-case letters, digits, single _."
    ),
    "reserved-word": "A word of SQL or of dbt's Jinja cannot be a name.",
    "name-collision": (
        "A name is taken by a column beside which it would stand, or by a model of the project."
    ),
    "duplicate-name": "A name or alias stands for one thing over the project and the package.",
    "kept-ending": "Views name the two sides of a rate so.",
    "unknown-metric": "A word is neither a metric, by name or alias, nor a measure.",
    "unknown-attribute": (
        "A word is neither an attribute of the book nor a dimension, or reads one it does not have."
    ),
    "unknown-book": "A book is not declared in the vars.",
    "unknown-relation": "A book's relation is not in the project, which has one that is called much like it.",
    "unknown-comparison": "A comparison is neither a standard one nor declared in the vars.",
    "unknown-column": "The ledger, or an answer, has no column of this name.",
    "unknown-value": "A column is compared with a text that it never holds, so that nothing would be found.",
}
"""What is wrong with names."""

FORMULAS: Mapping[str, str] = {
    "formula-syntax": "A formula has + - * / ( ), numbers, and names of measures and metrics.",
    "call-in-formula": (
        "Measures are summed already, and a rate is neither summed nor averaged: formulas call nothing."
    ),
    "column-in-formula": (
        "A formula is over sums; a column of single customers in it would belong to no group."
    ),
    "mixed-kinds": "Amounts are added to amounts, counts to counts, rates to rates and plain numbers.",
    "constant-formula": "A metric that is the same whatever the revenue measures nothing.",
    "too-long-formula": (
        "A formula is written out down to measures; one over others over others can grow beyond reading."
    ),
    "zero-denominator": "What is always 0 cannot be divided by.",
    "hundred-in-percent": (
        "`format: percent` shows 0.5 as 50 %; what is multiplied by 100 already would be shown as 5,000 %."
    ),
    "cycle": "A metric is defined by itself, perhaps on a way over others.",
    "compounded-rate": (
        "A rate is not multiplied up over periods: customers that join or leave in between belong "
        "to some of them only."
        " The rate of a longer period is a comparison of that length."
    ),
    "rate-regrained": (
        "A rate at one grain cannot be made from rates at another; each grain has comparisons of its own."
    ),
    "no-ratio-of-sums": (
        "Only what is one sum over another can be followed by dividing sums; the rest has a mean."
    ),
    "trailing-in-formula": (
        "Trailing metrics are worked out last, over whole periods; nothing is calculated from them."
    ),
    "mixed-books": "Two books count different customers, or the same ones twice: no number is made of both.",
}
"""What is wrong with what is calculated."""

ROWS: Mapping[str, str] = {
    "sql-syntax": "What stands in `expr`, `filter` or `where` is not SQL.",
    "not-a-condition": "A condition is true or false for every row.",
    "not-a-value": "An expression over rows has columns, numbers, texts, + - * and `case`.",
    "not-a-text": "Attributes are texts; a number they are compared with goes in quotes.",
    "mixed-types": "A text is compared or calculated with a number, on some engines without an error.",
    "aggregate-in-expr": "`expr` is what a row gives; `agg` says how rows are aggregated.",
    "aggregate-in-filter": "`filter` chooses rows before they are aggregated.",
    "aggregate-in-where": "`where` chooses slices before they are summed.",
    "division-in-row": (
        "A rate of single customers, summed or averaged, is not the rate of all of them, and two "
        "whole numbers divide"
        " to a whole number on some engines. Sum first, then divide once."
    ),
    "backslash-in-pattern": (
        "Some engines read a backslash in a `like` pattern as itself, others as an escape: no text says the"
        " same on all of them."
    ),
    "line-break-in-text": "A text is on one line: not every engine takes a line break in it.",
    "letters-beyond-ascii": (
        "`lower` and `upper` turn the letters A to Z; how others are turned is in each engine's own table, so"
        " what is turned is compared with written texts of ASCII letters."
    ),
    "product-in-row": (
        "Multiplied row by row, amounts would be rounded row by row; a derived metric multiplies sums."
    ),
    "too-many-digits": "A number of more digits than amounts have is a float on some engines, or none.",
    "least-of-columns": "Engines disagree about LEAST and GREATEST where a value is missing.",
    "case-without-else": (
        "A `case` without `else` leaves rows without a value, which aggregates pass over silently."
    ),
    "measure-in-row": "A measure is a sum over customers, and this is about single ones.",
    "metric-in-row": "A metric is not summed or averaged: the average of rates is not the rate of all.",
    "key-in-row": "Book, comparison and period are the same for all rows that are aggregated.",
    "measure-in-where": "`where` chooses by attributes, before anything is summed.",
    "row-column-in-where": "`where` chooses slices, and this column differs from customer to customer.",
    "key-in-where": "Book, comparisons and periods are chosen by keys of their own.",
}
"""What is wrong with SQL over rows."""

QUESTIONS: Mapping[str, str] = {
    "missing-book": (
        "Neither the view nor its metrics say which book is read, and there is more than one, or none."
    ),
    "missing-comparison": "Neither the view nor its metrics say what each period is compared with.",
    "key-in-by": "Every row has its book, comparison and period: numbers of several are never added up.",
    "comparison-not-in-book": "The book is restricted to other comparisons.",
}
"""What is wrong with what is asked."""

GENERATED: Mapping[str, str] = {
    "missing": "A generated file is not there.",
    "stale": "A generated file is not what the definitions say now.",
    "edited-by-hand": "A generated file was edited; it is never overwritten, so that nothing is lost.",
    "in-the-way": "A file of somebody's own stands where a generated one goes.",
    "orphan": "A generated file's definition is gone.",
    "edited-orphan": "A generated file was edited, and its definition is gone.",
    "not-writable": "A generated file is stale and cannot be written.",
}
"""What is wrong with generated files."""

DATABASES: Mapping[str, str] = {
    "profile-missing": "There is no profiles.yml where dbt looks for it, or it has no such profile.",
    "target-missing": "The profile has no output of this name.",
    "env-var-missing": "The profile or the project reads an environment variable that is not set.",
    "needs-jinja2": "There is Jinja beyond a plain env_var, for which jinja2 has to be installed.",
    "needs-duckdb": "The target is a DuckDB file, which the Python package duckdb reads.",
    "needs-dbt": "Databases other than DuckDB files are asked through dbt and its adapter.",
    "unknown-engine": "No SQL is written for an engine of this kind.",
    "database-in-memory": "A database in memory is gone when the dbt run that filled it ends.",
    "database-missing": "The database file is not there, or one that the profile attaches is not.",
    "database-locked": "Somebody has the DuckDB file open for writing, and DuckDB lets nobody else in.",
    "database-error": "The database refused a statement, or to be connected to.",
    "relation-missing": "The database has no such table: dbt has not built it there.",
    "built-from-other-settings": "The cohorts lack a column that the settings speak of: they are older.",
    "ledger-differs": "Ledger and cohorts give different numbers, so they were not built together.",
}
"""What is in the way of asking a database."""

ASKED: Mapping[str, str] = {
    "no-metric": "A question is about one metric at least: periods alone have no values.",
    "not-a-period": "A period is a year, a quarter, a month or a day that exists.",
    "no-period": (
        "The book has no such period at this comparison, or the last one asked for is before the first."
    ),
    "plot-of-data": "A plot is for people, the formats for programs.",
    "unknown-ending": "A file's name ends as nothing does that is written: programs go by the ending.",
    "binary-to-terminal": "Parquet would only disturb a terminal.",
    "no-project": "There is no dbt_project.yml in the folder or above it.",
    "no-git": "Meanings are compared with those of a git revision, so the project has to be in a checkout.",
    "unknown-revision": "git has no revision of this name, or it had no dbt project here.",
    "no-proposal": "Names and values do not tell where the revenue is, and it was not said either.",
    "own-package": "The project is rollforward itself.",
}
"""What is wrong with a command."""

GROUPS: Mapping[str, Mapping[str, str]] = {
    "Files": FILES,
    "Keys and values": KEYS,
    "Names": NAMES,
    "Formulas": FORMULAS,
    "SQL over rows": ROWS,
    "Questions": QUESTIONS,
    "Generated files": GENERATED,
    "Profiles and databases": DATABASES,
    "Commands": ASKED,
}
CODES: Mapping[str, str] = {code: said for group in GROUPS.values() for code, said in group.items()}
