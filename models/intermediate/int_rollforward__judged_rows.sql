/* Every input row of every book with its final reason: to what the row says itself comes what depends on the day we
   look and on the rows beside it. Rows without a reason make up the ledger. Units are followed by a number, `unit_id`. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}

with staged_rows as (
    {%- for shape in rollforward.shapes() if rollforward.books(shape) %}
    select
        '{{ shape }}' as shape,
        given.*,
        {{ rollforward.month_index('given.dated_on') }} as month_index,
        {{ 'months.last_day' if shape == 'snapshots' else 'cast(null as ' ~ rollforward.data_type('date') ~ ')' }} as last_snapshot_of_month
    from {{ ref('stg_rollforward__' ~ shape) }} as given
    {%- if shape == 'snapshots' %}
    left join {{ ref('int_rollforward__snapshot_months') }} as months
        on given.book = months.book and {{ rollforward.month_index('given.dated_on') }} = months.month_index
    {%- endif %}
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    shape,
    book,
    unit,
    unit_id,
    row_key,
    month_index,
    dated_given,
    dated_on,
    ended_given,
    /* An end that has not been reached yet is no end. */
    case when ended_on <= {{ rollforward.horizon() }} then ended_on end as ended_on,
    amount_given,
    exact_amount,
    amount
    {{- rollforward.attribute_columns() }},
    coalesce(reason, case
        when dated_on > {{ rollforward.horizon() }} then 'after_observed_through'
        when dated_on < last_snapshot_of_month then 'superseded_snapshot'
    end) as reason
from staged_rows
