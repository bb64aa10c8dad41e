"""What moved a value adds up to the value, for any customers and any two sums over one another."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from rollforward.contributions import Moved, Sides, scales_of, sides_of, together
from rollforward.rational import Constant, Nested, Rate, Total

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


@given(st.lists(customers(), min_size=1, max_size=8), terms, st.none() | terms)
def test_contributions_add_up_to_what_the_value_moved(
    groups: list[Moved],
    numerator: tuple[tuple[str, Fraction], ...],
    denominator: tuple[tuple[str, Fraction], ...] | None,
) -> None:
    scales = scales_of(Sides(numerator, denominator), groups)
    lower = Fraction(1)
    if denominator is not None:
        lower = sum(
            (factor * each.moved[name] for each in groups for name, factor in denominator), Fraction(0)
        )
    if scales is None:
        assert lower == 0
        return
    upper = sum((factor * each.moved[name] for each in groups for name, factor in numerator), Fraction(0))
    assert scales.value == upper / lower
    for parts in (groups, together(groups), together(groups, [0])):
        assert sum(map(scales.contribution, parts), Fraction(0)) == scales.value - scales.still


@given(st.lists(customers(), min_size=1, max_size=8), terms, terms)
def test_who_did_not_move_moved_nothing(
    groups: list[Moved],
    numerator: tuple[tuple[str, Fraction], ...],
    denominator: tuple[tuple[str, Fraction], ...],
) -> None:
    scales = scales_of(Sides(numerator, denominator), groups)
    if scales is not None:
        assert all(scales.contribution(each) == 0 for each in groups if each.movement == "unchanged")


def test_a_rate_of_the_start_is_moved_by_what_customers_pay_more_or_less() -> None:
    """100 and 200 at the start; the first grows by 30, the second leaves: NER is (130 + 0) / 300."""

    def paying(start: int, end: int, movement: str) -> Moved:
        moved = {"starting_revenue": Fraction(start), "existing_revenue": Fraction(end)}
        still = {"starting_revenue": Fraction(start), "existing_revenue": Fraction(start)}
        return Moved((), movement, 1, Decimal(start), Decimal(end), moved, still)

    grown, gone = paying(100, 130, "expansion"), paying(200, 0, "churn")
    rate = Rate((("existing_revenue", Fraction(1)),), (("starting_revenue", Fraction(1)),))
    sides = sides_of(rate)
    assert sides is not None
    scales = scales_of(sides, [grown, gone])
    assert scales is not None
    assert (scales.value, scales.still) == (Fraction(130, 300), 1)
    assert (scales.contribution(grown), scales.contribution(gone)) == (Fraction(30, 300), Fraction(-200, 300))


def test_what_is_no_single_division_has_no_sides() -> None:
    total = Total((("starting_revenue", Fraction(1)),))
    assert sides_of(total) == Sides(total.terms, None)
    assert sides_of(Constant(Fraction(1))) is None
    assert sides_of(Nested("*", total, total)) is None
    assert scales_of(Sides(total.terms, None), []) is None
