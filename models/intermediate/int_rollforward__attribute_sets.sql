/* The combinations of attribute values that occur, each with a number: what is counted per combination is counted
    per number, and only the marts spell it out again. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set attributes = rollforward.attributes() %}

with combinations as (
    select distinct book {{- rollforward.attribute_columns() }}
    from {{ ref('int_rollforward__runs') }}
)

select
    row_number() over (order by book {{- rollforward.attribute_columns() }}) as attribute_set,
    combinations.*
from combinations
