/* The combinations of attribute values that input rows have, each with a number. A single value is known by the number
   of the first combination that has it (`<attribute>__value`): where values compete, those stand for them. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set attributes = rollforward.attributes() %}

{%- if attributes %}

with combinations as (
    select distinct {{ attributes | join(', ') }}
    from {{ ref('int_rollforward__judged_rows') }}
    where reason is null
),

numbered_combinations as (
    select
        row_number() over (order by {{ attributes | join(', ') }}) as given_set
        {{- rollforward.attribute_columns() }}
    from combinations
)

select
    given_set
    {{- rollforward.attribute_columns() }}
    {%- for name in attributes %},
    min(given_set) over (partition by {{ name }}) as {{ name }}__value
    {%- endfor %}
from numbered_combinations
{%- else %}

select 1 as given_set
{%- endif %}
