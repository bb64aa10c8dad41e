/* The combinations of attribute values that input rows have, each with a number. A single value is known by the number
   of the first combination that has it (`<attribute>__value`); its place in the order of values, a missing one last, is
   `<attribute>__rank`. A number once given is kept. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set attributes = rollforward.attributes() -%}
{%- set compares = rollforward.has_last_build() %}

{%- if rollforward.is_built(this) %}

select * from {{ rollforward.last_version(this) }}
{%- elif attributes %}

with combinations as (
    select distinct {{ attributes | join(', ') }}
    from {{ ref('int_rollforward__input_totals') }}
    where reason is null
),
{%- if compares %}

known_combinations as (
    select given_set {{- rollforward.attribute_columns() }} from {{ rollforward.last_version(this) }}
),

new_combinations as (
    select combinations.*
    from combinations
    left join known_combinations as known on {{ rollforward.same_attributes('combinations', 'known') }}
    where known.given_set is null
),
{%- endif %}

numbered_combinations as (
    {%- if compares %}
    select * from known_combinations

    union all
    {% endif %}
    select
        cast(
            row_number() over (order by {{ attributes | join(', ') }})
            {{- ' + (select max(given_set) from known_combinations)' if compares }}
            as {{ rollforward.data_type('bigint') }}
        ) as given_set
        {{- rollforward.attribute_columns() }}
    from {{ 'new_combinations' if compares else 'combinations' }}
)

select
    given_set
    {{- rollforward.attribute_columns() }}
    {%- for name in attributes %},
    min(given_set) over (partition by {{ name }}) as {{ name }}__value,
    dense_rank() over (order by case when {{ name }} is null then 1 else 0 end, {{ rollforward.text_order(name) }}) as {{ name }}__rank
    {%- endfor %},
    build
from numbered_combinations
cross join {{ ref('int_rollforward__build') }}
{%- else %}

select cast(1 as {{ rollforward.data_type('bigint') }}) as given_set, build
from {{ ref('int_rollforward__build') }}
{%- endif %}
