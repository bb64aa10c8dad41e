/* The combinations of attribute values that runs have, each with a number: those given by input rows, and those that only
   come about where a unit's parts disagree (the plan of one, the region of another). */
{{ config(enabled=rollforward.is_configured()) }}
{%- set attributes = rollforward.attributes() %}

{%- if attributes %}

with given_sets as (
    select * from {{ ref('int_rollforward__given_sets') }}
),

/* Runs that are no more are still to be taken out of the cohorts. */
values_of_runs as (
    select {{ attributes | join('__value, ') }}__value from {{ ref('int_rollforward__combined_runs') }}
    union all
    select {{ attributes | join('__value, ') }}__value from {{ ref('int_rollforward__run_changes') }}
),

combined_sets as (
    select distinct {{ attributes | join('__value, ') }}__value from values_of_runs
),

unknown_sets as (
    select combined_sets.*
    from combined_sets
    left join given_sets on {{ rollforward.same_value_numbers('combined_sets', 'given_sets') }}
    where given_sets.given_set is null
),

last_given as (
    select max(given_set) as given_set from given_sets
)

select
    given_set as attribute_set
    {{- rollforward.attribute_columns() }}
    {{- rollforward.attribute_columns('', '__value') }}
from given_sets

union all

select
    last_given.given_set
    + row_number() over (order by unknown_sets.{{ attributes | join('__value, unknown_sets.') }}__value) as attribute_set
    {%- for name in attributes %},
    given_{{ name }}.{{ name }} as {{ name }}
    {%- endfor %}
    {{- rollforward.attribute_columns('unknown_sets.', '__value') }}
from unknown_sets
{%- for name in attributes %}
inner join given_sets as given_{{ name }} on unknown_sets.{{ name }}__value = given_{{ name }}.given_set
{%- endfor %}
cross join last_given
{%- else %}

select given_set as attribute_set from {{ ref('int_rollforward__given_sets') }}
{%- endif %}
