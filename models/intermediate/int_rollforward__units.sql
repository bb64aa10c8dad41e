/* Every unit by its number: only the ledger spells it out again. `build` is the build that wrote the row. */
{{ config(enabled=rollforward.is_configured()) }}
/* Where the build goes on, what changes is known before: depends_on: {{ ref('int_rollforward__unit_changes') }} */

{%- if rollforward.goes_on() %}
{%- do rollforward.check_names() %}
{{ rollforward.with_changes(this) }}
{%- elif rollforward.is_built(this) %}

select * from {{ rollforward.last_version(this) }}
{%- else %}

with units as (
    {%- for book in rollforward.books() %}
    {{ rollforward.units_of(book) | indent }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select unit_id, book, unit, build
from units
cross join {{ ref('int_rollforward__build') }}
{%- endif %}
