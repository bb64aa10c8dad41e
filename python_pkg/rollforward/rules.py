"""What has to hold of the meanings, one function per rule; RULES and SELECTION_RULES list them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import assert_never

from rollforward.definitions import (
    INNER_COLUMNS,
    KEYS,
    ROW_COLUMNS,
    SIDES,
    Derived,
    Ratio,
    Simple,
    Trailing,
    is_kept,
    is_of_statements,
)
from rollforward.digits import MOST_DIGITS
from rollforward.errors import Place, Problem, did_you_mean
from rollforward.formula import Formula, Name, Negative, Number, Operation
from rollforward.kinds import RATE, Kind, joined, kind_of, kind_of_measure
from rollforward.rational import Constant, Form, Nested, Rate, Single, Total, measures_in, numbers_in
from rollforward.resolve import Meanings, MetricMeaning, SelectionMeaning, formula_of, metric_names
from rollforward.settings import is_no_relation
from rollforward.source import Scalar
from rollforward.words import DBT_WORDS, SQL_WORDS


def duplicate_name(meanings: Meanings) -> Iterator[Problem]:
    """A name or alias stands for one metric, dimension or view, over the project and the package."""
    catalog = meanings.catalog
    names = [name for metric in catalog.metrics for name in metric_names(metric)]
    names += [dimension.name for dimension in catalog.dimensions]
    first: dict[str, Scalar] = {}
    for name in [*names, *(view.name for view in catalog.views)]:
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
    """A name is not that of a column beside which it would stand, or of a model of the project.

    Most engines take `Plan` for `plan`.
    """
    catalog = meanings.catalog
    columns = dict.fromkeys(KEYS, "a column of the cohorts")
    columns |= dict.fromkeys((item.name for item in catalog.measures), "a measure of the cohorts")
    columns |= dict.fromkeys(ROW_COLUMNS, "a column of the ledger")
    shipped = [metric for metric in catalog.metrics if metric.card.project != catalog.project]
    metrics = dict.fromkeys((name.text for metric in shipped for name in metric_names(metric)), "a metric")
    models = dict.fromkeys(map(str.lower, catalog.models), "a model or seed of the project")
    inner = dict.fromkeys(INNER_COLUMNS, "a column of the models")
    made = dict.fromkeys(map(str.lower, catalog.settings.attributes), "an attribute")
    macros = dict.fromkeys(catalog.macros, "a macro of the project")
    others = {"an attribute": metrics | inner, "a dimension": made, "a metric": models | made | macros}
    for name, what in _names(meanings):
        lower = name.text.lower()
        taken = (columns | others.get(what, models)).get(lower)
        hint = "rename the column of the relation" if what == "an attribute" else "choose another name"
        if taken is None and is_of_statements(lower):
            taken = "a column of the statements"
        if taken is not None:
            message = f"'{name.text}' is {taken} and cannot be the name of {what}"
            yield Problem("name-collision", message, name.place, hint)
        elif what == "an attribute" and is_kept(lower):
            message = (
                f"'{name.text}' cannot be the name of an attribute: the models name their own columns so"
            )
            yield Problem("name-collision", message, name.place, hint)


def spelled_alike(meanings: Meanings) -> Iterator[Problem]:
    """An attribute that several books have is one column, and most engines take `Plan` for `plan`."""
    first: dict[str, str] = {}
    for book in meanings.catalog.settings.books:
        for name in book.attributes:
            if first.setdefault(name.text.lower(), name.text) != name.text:
                message = f"the attribute '{name.text}' is '{first[name.text.lower()]}' elsewhere"
                yield Problem("name-collision", message, name.place, "spell it alike everywhere")


def unknown_relation(meanings: Meanings) -> Iterator[Problem]:
    """A relation with a plain name is one of the project; where none is called alike, dbt may know one."""
    known = {*meanings.catalog.models, *(view.name.text for view in meanings.catalog.views)}
    settings, snapshots = meanings.catalog.settings, meanings.catalog.snapshots
    for book in (*settings.books, *settings.partly_read):
        name = book.relation.text
        hint = did_you_mean(name, sorted(known)) if is_no_relation(name, {*known, *snapshots}) else ""
        if hint:
            message = f"the project has no model, seed or snapshot '{name}'"
            yield Problem("unknown-relation", message, book.relation.place, hint)


def kept_ending(meanings: Meanings) -> Iterator[Problem]:
    """No name ends in _numerator or _denominator: views name the two sides of their rates so."""
    for name, what in _names(meanings):
        if name.text.lower().endswith(SIDES):
            message = f"'{name.text}' cannot be the name of {what}: views name the sides of a rate so"
            yield Problem("kept-ending", message, name.place, "choose another ending")


def _names(meanings: Meanings) -> Iterator[tuple[Scalar, str]]:
    catalog = meanings.catalog
    for metric in catalog.metrics:
        if metric.card.project == catalog.project:
            yield from ((name, "a metric") for name in metric_names(metric))
    yield from ((view.name, "a view") for view in catalog.views)
    yield from ((dimension.name, "a dimension") for dimension in catalog.dimensions)
    for book in (*catalog.settings.books, *catalog.settings.partly_read):
        yield from ((attribute, "an attribute") for attribute in book.attributes)


def mixed_kinds(meanings: Meanings) -> Iterator[Problem]:
    """Amounts are added to amounts, counts to counts, rates to rates and numbers."""
    measures = meanings.catalog.measures_by_name
    known = {
        name.text: kind_of(meaning.form, {item.name: item for item in meaning.measures})
        for meaning in meanings.metrics
        for name in metric_names(meaning.metric)
    }
    known |= {name: kind_of_measure(item) for name, item in measures.items()}
    for meaning in meanings.metrics:
        found: list[Problem] = []
        formula = formula_of(meaning.metric)
        if formula is not None:
            _check_kinds(formula, known, found)
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


def hundred_in_percent(meanings: Meanings) -> Iterator[Problem]:
    """What is shown in percent is not multiplied by 100 as well: it would look a hundred times too large."""
    for meaning in meanings.metrics:
        formula = formula_of(meaning.metric)
        if formula is None or meaning.metric.card.format != "percent":
            continue
        for number in _factors(formula):
            if number.value == 100:
                message = f"metric '{meaning.name}' is shown in percent, and multiplied by 100 besides"
                hint = "leave it out: 0.5 is shown as 50 %"
                yield Problem("hundred-in-percent", message, number.place, hint)


def _factors(formula: Formula) -> Iterator[Number]:
    """Give the numbers by which a formula as a whole is multiplied."""
    match formula:
        case Number():
            yield formula
        case Negative(operand):
            yield from _factors(operand)
        case Operation("*", left, right):
            yield from _factors(left)
            yield from _factors(right)
        case Operation("/", left, _):
            yield from _factors(left)


def too_many_digits(meanings: Meanings) -> Iterator[Problem]:
    """The numbers of a formula, multiplied out as its SQL has them, are such as every engine can hold."""
    for meaning in meanings.metrics:
        sides = [side for number in numbers_in(meaning.form) for side in number.as_integer_ratio()]
        if any(abs(side) > 10**MOST_DIGITS for side in sides):
            message = f"the numbers of '{meaning.name}' come down to one of more than {MOST_DIGITS} digits"
            hint = "multiply smaller numbers, or fewer"
            yield Problem("too-many-digits", message, _at_formula(meaning), hint)


def _denominators(form: Form) -> Iterator[Form]:
    match form:
        case Constant() | Total() | Single():
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
        case Nested() | Single():
            return False
        case _:
            assert_never(form)


def _at_formula(meaning: MetricMeaning) -> Place:
    match meaning.metric:
        case Ratio(_, numerator, _):
            return numerator.place
        case Derived(_, expr, _):
            return expr.place
        case Trailing(_, followed, _, _):
            return followed.place
        case Simple(card, _, expr, chosen):
            return (expr or chosen or card.name).place


def ratio_of_sums(meanings: Meanings) -> Iterator[Problem]:
    """A trailing metric that divides sums follows one division of sums; anything else has a mean at most."""
    for meaning in meanings.metrics:
        followed = meaning.followed
        if followed and followed.method == "ratio_of_sums" and not isinstance(meaning.form, Rate):
            message = f"'{followed.name}' is not one sum over another, so its periods have no ratio of sums"
            hint = "write method: mean, the average of its values"
            yield Problem("no-ratio-of-sums", message, _at_formula(meaning), hint)


def compounded_rate(meanings: Meanings) -> Iterator[Problem]:
    """A rate is not multiplied by itself: what customers do in one period says little about two."""
    for meaning in meanings.metrics:
        if _squares(meaning.form):
            message = "a rate times itself is not the rate of a longer period"
            hint = "ask for a longer comparison, such as trailing_12_months"
            yield Problem("compounded-rate", message, _at_formula(meaning), hint)


def _squares(form: Form) -> bool:
    if not isinstance(form, Nested):
        return False
    same = form.operator == "*" and form.left == form.right and isinstance(form.left, Rate)
    return same or _squares(form.left) or _squares(form.right)


def mixed_books(meanings: Meanings) -> Iterator[Problem]:
    """A metric is about one book: numbers of different customers are never put into one."""
    known = [book.name.text for book in meanings.catalog.settings.books]
    for meaning in meanings.metrics:
        card = meaning.metric.card
        if len(meaning.books) > 1:
            message = f"metric '{meaning.name}' is made of books {' and '.join(meaning.books)}"
            hint = "a metric is about one book; compare books by asking for each"
            yield Problem("mixed-books", message, _at_formula(meaning), hint)
        broken = meanings.catalog.settings.broken_books
        if card.book is not None and card.book.text not in known and card.book.text not in broken:
            hint = did_you_mean(card.book.text, known, otherwise=f"known: {', '.join(known) or 'none'}")
            yield Problem("unknown-book", f"book '{card.book.text}' is not defined", card.book.place, hint)


def default_comparison(meanings: Meanings) -> Iterator[Problem]:
    """The comparison a metric names by default is one that there is, and that a book it can be of has."""
    settings = meanings.catalog.settings
    known = [comparison.name for comparison in settings.comparisons]
    for meaning in meanings.metrics:
        word = meaning.metric.card.comparison
        books = [book for book in settings.books if not meaning.books or book.name.text in meaning.books]
        if word is None or word.text not in known or not books or settings.broken_books:
            continue
        if not any(word.text in settings.comparisons_of(book) for book in books):
            named = " and ".join(f"'{book.name.text}'" for book in books)
            message = f"book {named} has no comparison '{word.text}'"
            hint = f"it is restricted to {', '.join(settings.comparisons_of(books[0]))}"
            yield Problem("comparison-not-in-book", message, word.place, hint)
    for metric in meanings.catalog.metrics:
        word = metric.card.comparison
        if word is not None and word.text not in known:
            hint = did_you_mean(word.text, known, otherwise=f"known: {', '.join(known)}")
            yield Problem("unknown-comparison", f"comparison '{word.text}' is not defined", word.place, hint)


def book_of_metric(meaning: SelectionMeaning) -> Iterator[Problem]:
    """The metrics asked for are about the book that is read."""
    name = meaning.book.name.text
    for word, metric in zip(meaning.selection.metrics, meaning.metrics, strict=True):
        if metric.books and name not in metric.books:
            message = f"metric '{word.text}' is about book {', '.join(metric.books)}, not '{name}'"
            yield Problem("mixed-books", message, word.place, "ask for each book by itself")


def attributes_of_book(meaning: SelectionMeaning) -> Iterator[Problem]:
    """The attributes that metrics and dimensions read are those of the book."""
    known = {attribute.text for attribute in meaning.book.attributes}
    asked = [
        (word, {name for item in metric.measures for name in item.attributes})
        for word, metric in zip(meaning.selection.metrics, meaning.metrics, strict=True)
    ]
    made = {each.name: set(each.attributes) for each in meaning.dimensions}
    asked += [(word, made[word.text]) for word in meaning.selection.by if word.text in made]
    for word, attributes in asked:
        for name in sorted(attributes - known):
            book = meaning.book.name.text
            message = f"'{word.text}' reads attribute '{name}', which book '{book}' does not have"
            yield Problem("unknown-attribute", message, word.place, f"add it to the attributes of {book}")


def comparison_of_book(meaning: SelectionMeaning) -> Iterator[Problem]:
    """The comparisons asked for are among those the book is restricted to."""
    allowed = [word.text for word in meaning.book.comparisons]
    for word in meaning.selection.comparisons:
        if allowed and word.text not in allowed:
            message = f"book '{meaning.book.name.text}' has no comparison '{word.text}'"
            hint = f"it is restricted to {', '.join(allowed)}"
            yield Problem("comparison-not-in-book", message, word.place, hint)


def listed_twice(meaning: SelectionMeaning) -> Iterator[Problem]:
    """A metric is asked for once, under its name or an alias, and so are comparisons and attributes.

    In YAML a word that is there twice was refused when it was read.
    """
    chosen = meaning.selection
    seen: dict[str, str] = {}
    for word, metric in zip(chosen.metrics, meaning.metrics, strict=True):
        if metric.name in seen:
            alias = "" if seen[metric.name] == word.text else f"metric '{metric.name}', which is "
            message = f"'{word.text}' is {alias}listed already"
            yield Problem("listed-twice", message, word.place, "remove one of them")
        seen.setdefault(metric.name, word.text)
    for words in (chosen.comparisons, chosen.by):
        texts = [word.text for word in words]
        for index, word in enumerate(words):
            if word.text in texts[:index]:
                message = f"'{word.text}' is listed already"
                yield Problem("listed-twice", message, word.place, "remove one of them")


Rule = Callable[[Meanings], Iterable[Problem]]
RULES: tuple[Rule, ...] = (
    duplicate_name,
    reserved_word,
    name_collision,
    spelled_alike,
    unknown_relation,
    kept_ending,
    mixed_kinds,
    constant_formula,
    zero_denominator,
    hundred_in_percent,
    too_many_digits,
    ratio_of_sums,
    compounded_rate,
    mixed_books,
    default_comparison,
)
SelectionRule = Callable[[SelectionMeaning], Iterable[Problem]]
SELECTION_RULES: tuple[SelectionRule, ...] = (
    comparison_of_book,
    listed_twice,
    book_of_metric,
    attributes_of_book,
)


def check(meanings: Meanings) -> list[Problem]:
    """Give every problem the rules find."""
    found = [problem for rule in RULES for problem in rule(meanings)]
    return found + [problem for view in meanings.views for problem in check_selection(view.selected)]


def check_selection(meaning: SelectionMeaning) -> list[Problem]:
    """Give every problem the rules find in a selection."""
    return [problem for rule in SELECTION_RULES for problem in rule(meaning)]
