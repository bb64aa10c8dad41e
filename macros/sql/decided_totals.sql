{#- Further common table expressions, after `totals`: `attributed_totals`, the same with a number for the value of every attribute.
    Where the parts of a total disagree about an attribute, the value with the largest amount is the unit's.

    Of its parts a total says here: the `lowest_set` and `highest_set` of values, the `smallest_part` and `largest_part`. Those
    of totals whose parts disagree are looked up again in `parts`, where `is_part` holds: keeping every part of every total
    for these few takes more than the looking up. -#}
{% macro decided_totals(parts, is_part, further_columns=[]) -%}
{%- set attributes = rollforward.attributes() -%}
{%- set columns = ['series_id', 'unit_id', 'from_period', 'until_period', 'net_amount'] + further_columns -%}
{%- if not attributes -%}
attributed_totals as (
    select * from totals
)
{%- else -%}
/* Parts of one combination of values agree about all attributes. Of others, one that is larger than all the rest together
   decides about every attribute. */
mixed_totals as (
    select
        totals.*,
        case when smallest_part > 0 and largest_part > net_amount - largest_part then 1 else 0 end as one_decides
    from totals
    where lowest_set <> highest_set
),

mixed_parts as (
    select mixed_totals.*, parts.amount, parts.given_set
    from mixed_totals
    inner join {{ parts }} as parts
        on mixed_totals.series_id = parts.series_id
        and mixed_totals.unit_id = parts.unit_id
        and {{ is_part }}
),

decided_totals as (
    select {{ columns | join(', ') }}, lowest_set as deciding_set from totals
    where lowest_set = highest_set
    union all
    select {{ columns | join(', ') }}, given_set as deciding_set from mixed_parts
    where one_decides = 1 and amount = largest_part
),

undecided_parts as (
    select series_id, unit_id, from_period, amount, given_set from mixed_parts
    where one_decides = 0
),

/* Where none is, what do the parts disagree about? */
disagreements as (
    select
        parts.series_id as series_id,
        parts.unit_id as unit_id,
        parts.from_period as from_period
        {%- for name in attributes %},
        case when min(sets.{{ name }}__value) <> max(sets.{{ name }}__value) then 1 else 0 end as {{ name }}__differs
        {%- endfor %}
    from undecided_parts as parts
    inner join {{ ref('int_rollforward__given_sets') }} as sets on parts.given_set = sets.given_set
    group by parts.series_id, parts.unit_id, parts.from_period
),

/* How much of the unit's amount has each of the values its parts disagree about? */
value_amounts as (
    {%- for name in attributes %}
    select
        parts.series_id as series_id, parts.unit_id as unit_id, parts.from_period as from_period, {{ loop.index }} as attribute,
        sets.{{ name }}__value as value_number, sets.{{ name }}__rank as value_rank, sum(parts.amount) as amount
    from undecided_parts as parts
    inner join disagreements
        on parts.series_id = disagreements.series_id
        and parts.unit_id = disagreements.unit_id
        and parts.from_period = disagreements.from_period
        and disagreements.{{ name }}__differs = 1
    inner join {{ ref('int_rollforward__given_sets') }} as sets on parts.given_set = sets.given_set
    group by parts.series_id, parts.unit_id, parts.from_period, sets.{{ name }}__value, sets.{{ name }}__rank
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

/* The largest amount comes first; of equal ones the first value in order, a missing one last. */
ordered_values as (
    select
        value_amounts.*,
        row_number() over (
            partition by series_id, unit_id, from_period, attribute
            order by amount desc, value_rank
        ) as place
    from value_amounts
),

decided_values as (
    select
        series_id,
        unit_id,
        from_period
        {%- for name in attributes %},
        max(case when attribute = {{ loop.index }} then value_number end) as {{ name }}__value
        {%- endfor %}
    from ordered_values
    where place = 1
    group by series_id, unit_id, from_period
),

attributed_totals as (
    select
        totals.{{ columns | join(', totals.') }}
        {{- rollforward.attribute_columns('sets.', '__value') }}
    from decided_totals as totals
    inner join {{ ref('int_rollforward__given_sets') }} as sets on totals.deciding_set = sets.given_set

    union all

    select
        {% for name in columns %}totals.{{ name }} as {{ name }}{{ ", " if not loop.last }}{% endfor %}
        {%- for name in attributes %},
        coalesce(decided_values.{{ name }}__value, sets.{{ name }}__value) as {{ name }}__value
        {%- endfor %}
    from mixed_totals as totals
    inner join decided_values
        on totals.series_id = decided_values.series_id
        and totals.unit_id = decided_values.unit_id
        and totals.from_period = decided_values.from_period
    inner join {{ ref('int_rollforward__given_sets') }} as sets on totals.lowest_set = sets.given_set
)
{%- endif -%}
{%- endmacro %}
