-- A book of which rows are given and none can be used has no numbers: a column is named wrongly, or the day is before all of them.
-- It is said when all else is built, rollforward__rejected_rows too. depends_on: {{ ref('rollforward__revenue_cohorts') }}
-- depends_on: {{ ref('rollforward__rejected_rows') }}
{{ config(enabled=rollforward.is_configured()) }}

select book, sum(row_count) as row_count
from {{ ref('int_rollforward__input_totals') }}
group by book
having max(case when reason is null then 1 else 0 end) = 0
