/* Every input row that is not in the ledger, as it was given, with the reason why. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}

select
    book,
    reason,
    unit,
    row_key,
    dated_given,
    ended_given,
    amount_given,
    exact_amount
    {{- rollforward.attribute_columns() }}
from {{ ref('int_rollforward__judged_rows') }}
where reason is not null
