-- A book of which rows are given and none can be used, now or later, has no numbers: most likely a column is named wrongly.
-- It is said when all else is built, rollforward__rejected_rows too. depends_on: {{ ref('rollforward__revenue_cohorts') }}
-- depends_on: {{ ref('rollforward__rejected_rows') }}
{{ config(enabled=rollforward.is_configured()) }}

select book, sum(row_count) as row_count
from {{ ref('int_rollforward__input_totals') }}
group by book
having max(case when reason is null or reason = 'after_observed_through' then 1 else 0 end) = 0
