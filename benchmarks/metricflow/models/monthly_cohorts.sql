{{ config(materialized='view') }}

select *
from main.rollforward__revenue_cohorts
where book = 'recurring_revenue' and comparison = 'month_over_month' and is_complete
