/* The pieces of all books, from whatever shape they were given in. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view_read_often()) }}
{%- set sources = {
    'standing_pieces': ['intervals', 'movements'], 'snapshot_pieces': ['snapshots'], 'payment_pieces': ['payments'],
} %}

{%- for model, shapes in sources.items() if rollforward.is_configured(shapes) %}
{{ "union all\n" if not loop.first }}
select series_id, unit_id, from_period, until_period, amount, given_set, {{ 'true' if 'payments' in shapes else 'false' }} as is_payment
from {{ ref('int_rollforward__' ~ model) }}
{%- endfor %}
