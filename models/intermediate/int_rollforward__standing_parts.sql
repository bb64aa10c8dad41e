{#- Amounts that stand until something changes (intervals, movements), cut at every month in which anything of the
    same unit changes, so that a unit's concurrent parts have the same months. -#}
{%- set intervals = rollforward.books('intervals') -%}
{%- set movements = rollforward.books('movements') -%}
{{ config(enabled=(intervals or movements) | length > 0) }}

with
{% if intervals -%}
{#- In force at the ends of the months from the one it starts in up to, not including, the one it ends in. An end
    that has not been reached yet is no end. #}
interval_months as (
    select
        given.book,
        given.unit,
        {{ rollforward.month_index('given.dated_on') }} as from_period,
        case
            when given.ended_on is null or given.ended_on > books.observed_through then {{ rollforward.open_end() }}
            else {{ rollforward.month_index('given.ended_on') }}
        end as until_period,
        given.amount
        {{- rollforward.attribute_columns('given.') }}
    from {{ ref('stg_rollforward__intervals') }} as given
    inner join {{ ref('int_rollforward__observed_books') }} as books on given.book = books.book
    where given.reason is null and given.dated_on <= books.observed_through
),

{% endif %}
{%- if movements -%}
{#- A change of the amount stands for good: the amount in force is the sum of the changes so far. #}
movement_months as (
    select
        given.book,
        given.unit,
        {{ rollforward.month_index('given.dated_on') }} as from_period,
        {{ rollforward.open_end() }} as until_period,
        given.amount
        {{- rollforward.attribute_columns('given.') }}
    from {{ ref('stg_rollforward__movements') }} as given
    inner join {{ ref('int_rollforward__observed_books') }} as books on given.book = books.book
    where given.reason is null and given.dated_on <= books.observed_through
),

{% endif -%}
{#- What joins and leaves within a month is not seen at any month's end. #}
pieces as (
    {%- if intervals %}
    select * from interval_months where from_period < until_period and amount <> 0
    {%- endif %}
    {{ "union all" if intervals and movements }}
    {%- if movements %}
    select * from movement_months where amount <> 0
    {%- endif %}
),

change_months as (
    select book, unit, from_period as month_index from pieces
    union
    select book, unit, until_period as month_index from pieces
),

segments as (
    select
        book,
        unit,
        month_index as from_period,
        lead(month_index) over (partition by book, unit order by month_index) as until_period
    from change_months
)

select
    pieces.book,
    pieces.unit,
    segments.from_period,
    segments.until_period,
    pieces.amount
    {{- rollforward.attribute_columns('pieces.') }}
from segments
inner join pieces
    on segments.book = pieces.book
    and segments.unit = pieces.unit
    and segments.from_period >= pieces.from_period
    and segments.until_period <= pieces.until_period
