/* The combinations of attribute values that runs have, each with a number: those given by input rows, and those that only
   come about where a unit's parts disagree (the plan of one, the region of another). */
{{ config(enabled=rollforward.is_configured()) }}
{%- set attributes = rollforward.attributes() %}

{%- if attributes %}

with given_sets as (
    select * from {{ ref('int_rollforward__given_sets') }}
),

mixed_sets as (
    select distinct {{ attributes | join('__rank, ') }}__rank
    from {{ ref('int_rollforward__runs') }}
    where given_set is null
),

unknown_sets as (
    select mixed_sets.*
    from mixed_sets
    left join given_sets on {{ rollforward.same_ranks('mixed_sets', 'given_sets') }}
    where given_sets.given_set is null
),
{%- for name in attributes %}

values_of_{{ name }} as (
    select distinct {{ name }}, {{ name }}__rank from given_sets
),
{%- endfor %}

last_given as (
    select max(given_set) as given_set from given_sets
)

select
    given_set as attribute_set
    {{- rollforward.attribute_columns() }}
    {{- rollforward.attribute_columns('', '__rank') }}
from given_sets

union all

select
    last_given.given_set
    + row_number() over (order by unknown_sets.{{ attributes | join('__rank, unknown_sets.') }}__rank) as attribute_set
    {%- for name in attributes %},
    values_of_{{ name }}.{{ name }}
    {%- endfor %}
    {{- rollforward.attribute_columns('unknown_sets.', '__rank') }}
from unknown_sets
{%- for name in attributes %}
inner join values_of_{{ name }} on unknown_sets.{{ name }}__rank = values_of_{{ name }}.{{ name }}__rank
{%- endfor %}
cross join last_given
{%- else %}

select given_set as attribute_set from {{ ref('int_rollforward__given_sets') }}
{%- endif %}
