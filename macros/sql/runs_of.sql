{#- Runs: pieces that are runs as they stand, and combined runs, whose attribute values have a number of their own. -#}
{% macro runs_of(pieces, combined_runs, further_columns=[]) -%}
select
    series_id, unit_id, from_period, until_period, amount as net_amount, given_set as attribute_set,
    first_piece_period as first_period
    {%- for name in further_columns %}, {{ name }}{% endfor %}
from {{ pieces }}
where is_run

union all

select
    combined.series_id, combined.unit_id, combined.from_period, combined.until_period, combined.net_amount, sets.attribute_set,
    combined.first_period
    {%- for name in further_columns %}, combined.{{ name }}{% endfor %}
from {{ combined_runs }} as combined
inner join {{ ref('int_rollforward__attribute_sets') }} as sets on {{ rollforward.same_value_numbers('combined', 'sets') }}
{%- endmacro %}
