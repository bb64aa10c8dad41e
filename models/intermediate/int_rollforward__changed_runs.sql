/* The runs of units whose amounts are to be added up: pieces that overlap or come after an amount below 0, payments of one period.
   Where they disagree about an attribute, the value with the largest amount is the unit's. Here are those of the units this build follows anew. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}
{%- set attributes = rollforward.attributes() -%}
{%- set standing = rollforward.is_configured(['intervals', 'movements', 'snapshots']) -%}
{%- set summed = rollforward.is_configured(['payments']) %}

with
{%- if standing %}
pieces_to_add as (
    select pieces.*
    from {{ ref('int_rollforward__changed_pieces') }} as pieces
    inner join {{ ref('int_rollforward__series') }} as series on pieces.series_id = series.series_id
    where not series.is_summed and not pieces.is_run
),

/* The unit's months are cut wherever any of its pieces changes, so that the parts of a segment can be added up. */
piece_ends as (
    select series_id, unit_id, from_period as month_index from pieces_to_add
    union all
    select series_id, unit_id, until_period as month_index from pieces_to_add
),

neighbouring_ends as (
    select
        series_id,
        unit_id,
        month_index,
        lead(month_index) over (partition by unit_id order by month_index) as next_index
    from piece_ends
),

segments as (
    select series_id, unit_id, month_index as from_period, next_index as until_period
    from neighbouring_ends
    where month_index < next_index
),
{%- endif %}

parts as (
    {%- if standing %}
    select
        segments.series_id as series_id, segments.unit_id as unit_id,
        segments.from_period as from_period, segments.until_period as until_period,
        pieces.amount, pieces.given_set, pieces.first_piece_period
    from segments
    inner join pieces_to_add as pieces
        on segments.series_id = pieces.series_id
        and segments.unit_id = pieces.unit_id
        and segments.from_period >= pieces.from_period
        and segments.until_period <= pieces.until_period
    {%- endif %}
    {{ "union all" if standing and summed }}
    {%- if summed %}
    select series_id, unit_id, period as from_period, period + 1 as until_period, amount, given_set,
        cast(null as {{ rollforward.data_type('integer') }}) as first_piece_period
    from {{ ref('int_rollforward__payment_sums') }}
    {%- endif %}
),

totals as (
    select
        series_id,
        unit_id,
        from_period,
        until_period,
        cast(sum(amount) as {{ rollforward.amount_type() }}) as net_amount,
        min(given_set) as lowest_set,
        max(given_set) as highest_set,
        min(amount) as smallest_part,
        max(amount) as largest_part,
        min(first_piece_period) as first_piece_period
    from parts
    group by series_id, unit_id, from_period, until_period
),

{%- if attributes %}

/* Parts of one combination of values agree about all attributes. Of others, one that is larger than all the rest together
   decides about every attribute. */
mixed_totals as (
    select
        totals.*,
        case when smallest_part > 0 and largest_part > net_amount - largest_part then 1 else 0 end as one_decides
    from totals
    where lowest_set <> highest_set
),

/* Their parts are looked up again: keeping every part of every total for these few takes more than the looking up. */
mixed_parts as (
    {%- if standing %}
    select mixed_totals.*, pieces.amount, pieces.given_set
    from mixed_totals
    inner join pieces_to_add as pieces
        on mixed_totals.series_id = pieces.series_id
        and mixed_totals.unit_id = pieces.unit_id
        and mixed_totals.from_period >= pieces.from_period
        and mixed_totals.until_period <= pieces.until_period
    {%- endif %}
    {{ "union all" if standing and summed }}
    {%- if summed %}
    select mixed_totals.*, sums.amount, sums.given_set
    from mixed_totals
    inner join {{ ref('int_rollforward__payment_sums') }} as sums
        on mixed_totals.series_id = sums.series_id
        and mixed_totals.unit_id = sums.unit_id
        and mixed_totals.from_period = sums.period
    {%- endif %}
),

decided_totals as (
    select series_id, unit_id, from_period, until_period, net_amount, first_piece_period, lowest_set as deciding_set from totals
    where lowest_set = highest_set
    union all
    select series_id, unit_id, from_period, until_period, net_amount, first_piece_period, given_set as deciding_set from mixed_parts
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
        totals.series_id, totals.unit_id, totals.from_period, totals.until_period, totals.net_amount, totals.first_piece_period
        {{- rollforward.attribute_columns('sets.', '__value') }}
    from decided_totals as totals
    inner join {{ ref('int_rollforward__given_sets') }} as sets on totals.deciding_set = sets.given_set

    union all

    select
        totals.series_id as series_id, totals.unit_id as unit_id, totals.from_period as from_period,
        totals.until_period, totals.net_amount, totals.first_piece_period
        {%- for name in attributes %},
        coalesce(decided_values.{{ name }}__value, sets.{{ name }}__value) as {{ name }}__value
        {%- endfor %}
    from mixed_totals as totals
    inner join decided_values
        on totals.series_id = decided_values.series_id
        and totals.unit_id = decided_values.unit_id
        and totals.from_period = decided_values.from_period
    inner join {{ ref('int_rollforward__given_sets') }} as sets on totals.lowest_set = sets.given_set
),
{%- endif %}

/* A unit is first active where its first piece begins, unless others cancel that out. Payments have to be added up to see it, by
   month whatever the series: until then the unit is new in every one. */
beginnings as (
    {%- if standing %}
    select totals.series_id, totals.unit_id as unit_id, min(totals.from_period) as first_period
    from totals
    inner join (select unit_id from totals where from_period = first_piece_period and net_amount <= 0) as cancelled
        on totals.unit_id = cancelled.unit_id
    where totals.net_amount > 0
    group by totals.series_id, totals.unit_id
    {%- endif %}
    {{ "union all" if standing and summed }}
    {%- if summed %}
    select series.series_id, paid.unit_id, {{ rollforward.series_period('paid.first_month', 'series') | indent }} as first_period
    from (
        select monthly.book, totals.unit_id, min(totals.from_period) as first_month
        from totals
        inner join {{ ref('int_rollforward__series') }} as monthly
            on totals.series_id = monthly.series_id and monthly.is_summed and monthly.is_monthly
        where totals.net_amount > 0
        group by monthly.book, totals.unit_id
    ) as paid
    inner join {{ ref('int_rollforward__series') }} as series on paid.book = series.book
    {%- endif %}
)

select
    totals.series_id as series_id,
    totals.unit_id as unit_id,
    totals.from_period,
    totals.until_period,
    totals.net_amount,
    case
        when totals.net_amount > 0 then coalesce(beginnings.first_period, totals.first_piece_period)
        else totals.from_period
    end as first_period
    {{- rollforward.attribute_columns('totals.', '__value') }}
from {{ 'attributed_totals as totals' if attributes else 'totals' }}
left join beginnings on totals.series_id = beginnings.series_id and totals.unit_id = beginnings.unit_id
where totals.net_amount <> 0
