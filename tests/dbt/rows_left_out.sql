-- Rows that cannot be used are not an error, but somebody should look: rollforward__rejected_rows has them all.
{{ config(enabled=rollforward.is_configured(), severity='warn', fail_calc='cast(coalesce(sum(row_count), 0) as integer)') }}

select book, reason, row_count, amount
from {{ ref('rollforward__input_problems') }}
where reason not in ('superseded_snapshot', 'rounded_amount', 'negative_net_amount')
