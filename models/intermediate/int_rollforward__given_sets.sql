/* The combinations of attribute values that input rows have, each with a number. `<attribute>__rank` is the place of the
   value among all values of the attribute, in order, a missing value last: where values compete, ranks stand for them. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set attributes = rollforward.attributes() %}

{%- if attributes %}

with combinations as (
    select distinct {{ attributes | join(', ') }}
    from {{ ref('int_rollforward__judged_rows') }}
    where reason is null
)

select
    row_number() over (order by {{ attributes | join(', ') }}) as given_set
    {{- rollforward.attribute_columns() }}
    {%- for name in attributes %},
    dense_rank() over (order by case when {{ name }} is null then 1 else 0 end, {{ name }}) as {{ name }}__rank
    {%- endfor %}
from combinations
{%- else %}

select 1 as given_set
{%- endif %}
