/* The runs that this build counts, those in which a unit is active, with `direction`: 1, it is new; 0, it is as it was in the
   build before; -1, it was there and is no more. Where a build goes on, they are those of units that have other pieces than
   before; the others count as they did. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}
{%- set followed_runs = rollforward.runs_of(ref('int_rollforward__piece_changes'), ref('int_rollforward__run_changes'), ['direction']) %}

with runs as (
    {%- if rollforward.goes_on() %}
    {{ followed_runs | indent }}
    {%- else %}
    select runs.*, 1 as direction from {{ ref('int_rollforward__runs') }} as runs
    {%- endif %}
)

select series_id, unit_id, from_period, until_period, net_amount as amount, attribute_set, first_period, direction
from runs
where net_amount > 0
