"""What has to hold of the meanings, one function per rule; RULES and SELECTION_RULES list them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import assert_never

from rollforward.definitions import INNER_COLUMNS, KEYS, ROW_COLUMNS, SIDES, Ratio
from rollforward.errors import Place, Problem
from rollforward.formula import Formula, Name, Negative, Number, Operation
from rollforward.kinds import RATE, Kind, joined, kind_of, kind_of_measure
from rollforward.rational import Constant, Form, Nested, Rate, Total, measures_in
from rollforward.resolve import Meanings, MetricMeaning, SelectionMeaning, formula_of, metric_names
from rollforward.source import Scalar
from rollforward.words import DBT_WORDS, SQL_WORDS


def duplicate_name(meanings: Meanings) -> Iterator[Problem]:
    """A name or alias stands for one metric or view, over the project and the package."""
    metrics = [name for metric in meanings.catalog.metrics for name in metric_names(metric)]
    first: dict[str, Scalar] = {}
    for name in [*metrics, *(view.name for view in meanings.catalog.views)]:
        earlier = first.setdefault(name.text, name)
        if earlier is not name:
            where = f"the first one is at {earlier.place.path}:{earlier.place.line}"
            yield Problem("duplicate-name", f"the name '{name.text}' is given twice", name.place, where)


def reserved_word(meanings: Meanings) -> Iterator[Problem]:
    """A name is no word of SQL, and a metric's, which becomes a macro, no word of dbt."""
    for name, what in _names(meanings):
        if name.text.lower() in SQL_WORDS:
            message = f"'{name.text}' is a word of SQL and cannot be the name of {what}"
            yield Problem("reserved-word", message, name.place, f"for example {name.text}_value")
        elif what == "a metric" and name.text in DBT_WORDS:
            message = f"'{name.text}' is a word of dbt and cannot be the name of {what}"
            yield Problem("reserved-word", message, name.place, f"for example {name.text}_value")


def name_collision(meanings: Meanings) -> Iterator[Problem]:
    """A name is not that of a column of the cohorts or of a model of the project."""
    catalog = meanings.catalog
    columns = dict.fromkeys(KEYS, "a column of the cohorts")
    columns |= dict.fromkeys((item.name for item in catalog.measures), "a measure of the cohorts")
    metrics = {metric.card.name.text for metric in catalog.metrics}
    models = dict.fromkeys(catalog.models, "a model or seed of the project")
    ledger = dict.fromkeys(INNER_COLUMNS, "a column of the models")
    ledger |= dict.fromkeys(ROW_COLUMNS, "a column of the ledger")
    for name, what in _names(meanings):
        taken = columns | (ledger if what == "an attribute" else models)
        if name.text in taken:
            message = f"'{name.text}' is {taken[name.text]} and cannot be the name of {what}"
            yield Problem("name-collision", message, name.place, "choose another name")
        elif what == "an attribute" and name.text in metrics:
            message = f"'{name.text}' is a metric and cannot be the name of an attribute"
            yield Problem("name-collision", message, name.place, "rename the column of the relation")


def kept_ending(meanings: Meanings) -> Iterator[Problem]:
    """No name ends in _numerator or _denominator: views name the two sides of their rates so."""
    for name, what in _names(meanings):
        if name.text.endswith(SIDES):
            message = f"'{name.text}' cannot be the name of {what}: views name the sides of a rate so"
            yield Problem("kept-ending", message, name.place, "choose another ending")


def _names(meanings: Meanings) -> Iterator[tuple[Scalar, str]]:
    catalog = meanings.catalog
    for metric in catalog.metrics:
        if metric.card.project == catalog.project:
            yield from ((name, "a metric") for name in metric_names(metric))
    yield from ((view.name, "a view") for view in catalog.views)
    for book in catalog.settings.books:
        yield from ((attribute, "an attribute") for attribute in book.attributes)


def mixed_kinds(meanings: Meanings) -> Iterator[Problem]:
    """Amounts are added to amounts, counts to counts, rates to rates and numbers."""
    measures = {item.name: item for item in meanings.catalog.measures}
    known = {
        name.text: kind_of(meaning.form, measures)
        for meaning in meanings.metrics
        for name in metric_names(meaning.metric)
    }
    known |= {name: kind_of_measure(item) for name, item in measures.items()}
    for meaning in meanings.metrics:
        found: list[Problem] = []
        _check_kinds(formula_of(meaning.metric), known, found)
        yield from found


def _check_kinds(formula: Formula, known: Mapping[str, Kind], found: list[Problem]) -> Kind:
    match formula:
        case Name(text):
            return known[text]
        case Number():
            return RATE
        case Negative(operand):
            return _check_kinds(operand, known, found)
        case Operation(operator, left, right, place):
            upper, lower = _check_kinds(left, known, found), _check_kinds(right, known, found)
            if operator in "+-" and upper != lower:
                message = f"'{operator}' joins {upper} and {lower}"
                hint = "add amounts to amounts, counts to counts, rates to rates"
                found.append(Problem("mixed-kinds", message, place, hint))
            return joined(operator, upper, lower)
        case _:
            assert_never(formula)


def constant_formula(meanings: Meanings) -> Iterator[Problem]:
    """A metric depends on some measure, and a ratio's two parts differ."""
    for meaning in meanings.metrics:
        same = isinstance(meaning.form, Rate) and meaning.form.numerator in ((), meaning.form.denominator)
        if same or not measures_in(meaning.form):
            message = f"metric '{meaning.name}' is the same number whatever the revenue"
            yield Problem(
                "constant-formula", message, _at_formula(meaning), "name the measures it is made of"
            )


def zero_denominator(meanings: Meanings) -> Iterator[Problem]:
    """Nothing is divided by what is always 0."""
    for meaning in meanings.metrics:
        if any(_is_zero(lower) for lower in _denominators(meaning.form)):
            message = f"metric '{meaning.name}' divides by what is always 0"
            yield Problem("zero-denominator", message, _at_formula(meaning))


def _denominators(form: Form) -> Iterator[Form]:
    match form:
        case Constant() | Total():
            pass
        case Rate(_, denominator):
            yield Total(denominator)
        case Nested(operator, left, right):
            if operator == "/":
                yield right
            yield from _denominators(left)
            yield from _denominators(right)
        case _:
            assert_never(form)


def _is_zero(form: Form) -> bool:
    match form:
        case Constant(value):
            return value == 0
        case Total(terms) | Rate(terms, _):
            return not terms
        case Nested():
            return False
        case _:
            assert_never(form)


def _at_formula(meaning: MetricMeaning) -> Place:
    metric = meaning.metric
    return metric.numerator.place if isinstance(metric, Ratio) else metric.expr.place


def comparison_of_book(meaning: SelectionMeaning) -> Iterator[Problem]:
    """The comparisons asked for are among those the book is restricted to."""
    allowed = [word.text for word in meaning.book.comparisons]
    for word in meaning.selection.comparisons:
        if allowed and word.text not in allowed:
            message = f"book '{meaning.book.name.text}' has no comparison '{word.text}'"
            hint = f"it is restricted to {', '.join(allowed)}"
            yield Problem("comparison-not-in-book", message, word.place, hint)


def listed_twice(meaning: SelectionMeaning) -> Iterator[Problem]:
    """A metric is asked for once, under its name or an alias."""
    seen: set[str] = set()
    for word, metric in zip(meaning.selection.metrics, meaning.metrics, strict=True):
        if metric.name in seen:
            message = f"'{word.text}' is metric '{metric.name}', which is listed already"
            yield Problem("listed-twice", message, word.place, "remove one of them")
        seen.add(metric.name)


Rule = Callable[[Meanings], Iterable[Problem]]
RULES: tuple[Rule, ...] = (
    duplicate_name,
    reserved_word,
    name_collision,
    kept_ending,
    mixed_kinds,
    constant_formula,
    zero_denominator,
)
SelectionRule = Callable[[SelectionMeaning], Iterable[Problem]]
SELECTION_RULES: tuple[SelectionRule, ...] = (comparison_of_book, listed_twice)


def check(meanings: Meanings) -> list[Problem]:
    """Give every problem the rules find."""
    found = [problem for rule in RULES for problem in rule(meanings)]
    return found + [problem for view in meanings.views for problem in check_selection(view.selected)]


def check_selection(meaning: SelectionMeaning) -> list[Problem]:
    """Give every problem the rules find in a selection."""
    return [problem for rule in SELECTION_RULES for problem in rule(meaning)]
