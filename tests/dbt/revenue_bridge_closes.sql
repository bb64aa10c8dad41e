-- Ending = starting + new + reactivation + expansion - contraction - churned; the same for customers.
{{ config(enabled=rollforward.is_configured()) }}

select *
from {{ ref('rollforward__revenue_cohorts') }}
where
    ending_revenue
    <> starting_revenue + new_revenue + reactivation_revenue + expansion_revenue - contraction_revenue - churned_revenue
    or ending_customers
    <> starting_customers + new_customers + reactivated_customers - churned_customers
