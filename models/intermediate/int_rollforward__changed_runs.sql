/* The runs that come of adding up, of the units this build follows anew. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}
{%- set columns = rollforward.kept_columns('int_rollforward__combined_runs') | join(', ') %}
{%- set sources = {'standing_runs': ['intervals', 'movements', 'snapshots'], 'payment_runs': ['payments']} %}

{%- for model, shapes in sources.items() if rollforward.is_configured(shapes) %}
{{ "union all\n" if not loop.first }}
select {{ columns }} from {{ ref('int_rollforward__' ~ model) }}
{%- endfor %}
