/* The runs that come of adding up, of the units this build follows anew. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}
{%- set columns = rollforward.kept_columns('int_rollforward__combined_runs') | join(', ') %}
{%- set sources = {'standing_runs': 'point_in_time', 'payment_runs': 'period_sum'} %}

{%- for model, measurement in sources.items() if rollforward.is_configured(rollforward.shapes_measuring(measurement)) %}
{{ "union all\n" if not loop.first }}
select {{ columns }} from {{ ref('int_rollforward__' ~ model) }}
{%- endfor %}
