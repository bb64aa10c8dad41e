/* The combinations of attribute values that input rows have, each with a number. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set attributes = rollforward.attributes() %}

{%- if attributes %}

with combinations as (
    select distinct {{ attributes | join(', ') }}
    from {{ ref('int_rollforward__judged_rows') }}
    where reason is null
)

select
    row_number() over (order by {{ attributes | join(', ') }}) as given_set,
    combinations.*
from combinations
{%- else %}

select 1 as given_set
{%- endif %}
