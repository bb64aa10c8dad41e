/* The runs that come of adding up, with their attributes decided. `build` is the build that wrote the run. */
{{ config(enabled=rollforward.is_configured()) }}
/* Where the build goes on, what changes is known before: depends_on: {{ ref('int_rollforward__run_changes') }} */

{%- if rollforward.goes_on() %}
{{ rollforward.with_changes(this) }}
{%- elif rollforward.is_built(this) %}

select * from {{ rollforward.last_version(this) }}
{%- else %}

select {{ rollforward.kept_columns('int_rollforward__combined_runs') | join(', ') }}, build
from {{ ref('int_rollforward__changed_runs') }}
cross join {{ ref('int_rollforward__build') }}
{#- Sums of payments are too many to be put in order. #}
{{ rollforward.in_unit_order() if not rollforward.is_configured(rollforward.shapes_measuring('period_sum')) }}
{%- endif %}
