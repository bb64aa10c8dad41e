/* Amounts that stand over stretches of months. Most units have one piece after the other, and each `is_run` as it stands;
   pieces that overlap or come after an amount below 0, and payments, have yet to be added up. `build` is the build that wrote
   the piece. */
{{ config(enabled=rollforward.is_configured()) }}

{%- if rollforward.goes_on() %}
{{ rollforward.with_changes(this) }}
{%- elif rollforward.is_built(this) %}

select * from {{ rollforward.last_version(this) }}
{%- else %}

with placed_pieces as (
    {{ rollforward.placed_pieces(ref('int_rollforward__given_pieces')) | indent }}
)

select {{ rollforward.kept_columns('int_rollforward__pieces') | join(', ') }}, build
from placed_pieces
cross join {{ ref('int_rollforward__build') }}
{%- endif %}
