{#- Generated from metrics/customer_churn_rate.yml by `rollforward compile`: change it there. 1186a56b4e5c -#}
{#- Customer Churn Rate: churned_customers / starting_customers -#}
{% macro customer_churn_rate() -%}
    {{- adapter.dispatch('customer_churn_rate', 'rollforward')() -}}
{%- endmacro %}

{% macro default__customer_churn_rate() -%}
    (
        cast(sum(churned_customers) as double)
        / nullif(cast(sum(starting_customers) as double), 0)
    )
{%- endmacro %}

{% macro postgres__customer_churn_rate() -%}
    (
        cast(sum(churned_customers) as double precision)
        / nullif(cast(sum(starting_customers) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__customer_churn_rate() -%}
    (
        cast(sum(churned_customers) as float64)
        / nullif(cast(sum(starting_customers) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__customer_churn_rate() -%}
    (
        cast(sum(churned_customers) as Nullable(Float64))
        / nullif(cast(sum(starting_customers) as Nullable(Float64)), 0)
    )
{%- endmacro %}

{% macro logo_churn() -%}
    {{- rollforward.customer_churn_rate() -}}
{%- endmacro %}
