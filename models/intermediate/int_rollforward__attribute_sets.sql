/* The combinations of attribute values that runs have, each with a number: those given by input rows, and those that only
   come about where a unit's parts disagree (the plan of one, the region of another). */
{{ config(enabled=rollforward.is_configured()) }}
{%- set attributes = rollforward.attributes() %}

{%- if attributes %}

with mixed_sets as (
    select distinct {{ attributes | join(', ') }}
    from {{ ref('int_rollforward__runs') }}
    where given_set is null
),

unknown_sets as (
    select mixed_sets.*
    from mixed_sets
    left join {{ ref('int_rollforward__given_sets') }} as given on {{ rollforward.same_attributes('mixed_sets', 'given') }}
    where given.given_set is null
),

last_given as (
    select max(given_set) as given_set from {{ ref('int_rollforward__given_sets') }}
)

select given_set as attribute_set {{- rollforward.attribute_columns() }}
from {{ ref('int_rollforward__given_sets') }}

union all

select
    last_given.given_set + row_number() over (order by {{ attributes | join(', ') }}) as attribute_set
    {{- rollforward.attribute_columns('unknown_sets.') }}
from unknown_sets
cross join last_given
{%- else %}

select given_set as attribute_set from {{ ref('int_rollforward__given_sets') }}
{%- endif %}
