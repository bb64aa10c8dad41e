"""What moved a value adds up to the value, for any customers and any two sums over one another."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from rollforward.contributions import SEVERAL, Moved, has_shares, over_time, scales_of, together
from rollforward.rational import Constant, Form, Nested, Rate, Single, Terms, Total

MEASURES = ("starting_revenue", "existing_revenue", "ending_customers")
amounts = st.decimals(-1000, 1000, places=2)
sums = st.fixed_dictionaries({name: amounts.map(Fraction) for name in MEASURES})


@st.composite
def customers(draw: st.DrawFn) -> Moved:
    """Some customers of a slice and movement; whatever they add, moved or not."""
    movement = draw(st.sampled_from(["new", "expansion", "churn", "unchanged"]))
    moved = draw(sums)
    still = moved if movement == "unchanged" else draw(sums)
    slices = (draw(st.sampled_from(["a", "b", None])),)
    return Moved(slices, movement, draw(st.integers(1, 9)), draw(amounts), draw(amounts), moved, still)


terms = st.lists(
    st.tuples(st.sampled_from(MEASURES), st.integers(-3, 3).filter(bool).map(Fraction)),
    min_size=1,
    max_size=3,
    unique_by=lambda term: term[0],
).map(tuple)


def form_of(numerator: Terms, denominator: Terms | None) -> Form:
    return Total(numerator) if denominator is None else Rate(numerator, denominator)


def added(groups: list[Moved], terms: Terms, *, still: bool = False) -> Fraction:
    """By hand: what customers add to a sum, or would have added."""
    return sum(
        (factor * (each.still if still else each.moved)[name] for each in groups for name, factor in terms),
        Fraction(0),
    )


@given(st.lists(customers(), min_size=1, max_size=8), terms, st.none() | terms)
def test_contributions_add_up_to_what_the_value_moved(
    groups: list[Moved], numerator: Terms, denominator: Terms | None
) -> None:
    scales = scales_of(form_of(numerator, denominator), groups)
    lower = Fraction(1) if denominator is None else added(groups, denominator)
    if scales is None:
        assert lower == 0
        return
    assert scales.value == added(groups, numerator) / lower
    for parts in (groups, together(groups), together(groups, [0])):
        assert sum(map(scales.contribution, parts), Fraction(0)) == scales.value - scales.still


@given(st.lists(customers(), min_size=1, max_size=8), terms, terms)
def test_who_did_not_move_moved_nothing(groups: list[Moved], numerator: Terms, denominator: Terms) -> None:
    scales = scales_of(Rate(numerator, denominator), groups)
    if scales is not None:
        assert all(scales.contribution(each) == 0 for each in groups if each.movement == "unchanged")


forms = st.recursive(
    st.builds(Total, terms) | st.builds(Rate, terms, terms) | st.builds(Constant, st.fractions(-9, 9)),
    lambda inner: (
        st.builds(Nested, st.sampled_from("+-"), inner, inner)
        | st.builds(Nested, st.just("*"), st.builds(Constant, st.fractions(-9, 9)), inner)
        | st.builds(Nested, st.just("/"), inner, st.builds(Constant, st.integers(1, 9).map(Fraction)))
    ),
    max_leaves=5,
)


def worth(form: Form, groups: list[Moved], *, still: bool) -> Fraction | None:
    """What a form gives, worked out as it stands."""
    match form:
        case Constant(value):
            return value
        case Total(terms):
            return added(groups, terms, still=still)
        case Rate(numerator, denominator):
            lower = added(groups, denominator)
            lower = (added(groups, denominator, still=True) or lower) if still else lower
            return added(groups, numerator, still=still) / lower if lower else None
        case Nested(operator, left, right):
            a, b = worth(left, groups, still=still), worth(right, groups, still=still)
            if a is None or b is None:
                return None
            return {"+": a + b, "-": a - b, "*": a * b, "/": a / (b or 1)}[operator]
    raise AssertionError


@given(st.lists(customers(), min_size=1, max_size=5), forms)
def test_sums_and_multiples_of_rates_have_shares_too(groups: list[Moved], form: Form) -> None:
    assert has_shares(form)
    scales, value = scales_of(form, groups), worth(form, groups, still=False)
    if scales is None or value is None:
        assert scales is None and value is None
        return
    assert (scales.value, scales.still) == (value, worth(form, groups, still=True))
    for parts in (groups, together(groups), together(groups, [0])):
        assert sum(map(scales.contribution, parts), Fraction(0)) == scales.value - scales.still


def test_a_rate_of_the_start_is_moved_by_what_customers_pay_more_or_less() -> None:
    """100 and 200 at the start; the first grows by 30, the second leaves: NER is (130 + 0) / 300."""

    def paying(start: int, end: int, movement: str) -> Moved:
        moved = {"starting_revenue": Fraction(start), "existing_revenue": Fraction(end)}
        still = {"starting_revenue": Fraction(start), "existing_revenue": Fraction(start)}
        return Moved((), movement, 1, Decimal(start), Decimal(end), moved, still)

    grown, gone = paying(100, 130, "expansion"), paying(200, 0, "churn")
    rate = Rate((("existing_revenue", Fraction(1)),), (("starting_revenue", Fraction(1)),))
    scales = scales_of(rate, [grown, gone])
    assert scales is not None
    assert (scales.value, scales.still) == (Fraction(130, 300), 1)
    assert (scales.contribution(grown), scales.contribution(gone)) == (Fraction(30, 300), Fraction(-200, 300))


def test_what_is_no_sum_of_customers_has_no_shares() -> None:
    total = Total((("starting_revenue", Fraction(1)),))
    rate = Rate(total.terms, total.terms)
    for form in (Nested("*", rate, rate), Nested("/", rate, rate), Single("max", "largest")):
        assert not has_shares(form) and not has_shares(Nested("+", rate, form))
    assert has_shares(Nested("+", rate, Nested("*", Constant(Fraction(2)), rate)))
    assert scales_of(total, []) is None


def test_one_customer_over_three_periods_comes_from_the_first_and_goes_to_the_last() -> None:
    months = [date(2026, month, 1) for month in (1, 2, 3)]

    def row(month: int, start: int, end: int, movement: str) -> Moved:
        return Moved(("a", f"plan {month}"), movement, 1, Decimal(start), Decimal(end), {}, {}, months[month])

    grown, same, gone = row(0, 100, 130, "expansion"), row(1, 130, 130, "unchanged"), row(2, 130, 0, "churn")
    found = over_time([gone, grown, same], months)
    assert (found.keys, found.movement, found.customers) == (("a", "plan 2"), SEVERAL, 1)
    assert (found.starting_amount, found.ending_amount) == (100, 0)
    assert over_time([same, grown], months).movement == "expansion"
    assert over_time([same, grown], months).ending_amount == 0
