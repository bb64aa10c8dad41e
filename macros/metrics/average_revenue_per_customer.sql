{#- Generated from metrics/average_revenue_per_customer.yml by `rollforward compile`: change it there. cb6c2bbb45f2 -#}
{#- Average Revenue per Customer (ARPA): ending_revenue / ending_customers -#}
{% macro average_revenue_per_customer() -%}
    {{- adapter.dispatch('average_revenue_per_customer', 'rollforward')() -}}
{%- endmacro %}

{% macro default__average_revenue_per_customer() -%}
    (
        cast(sum(ending_revenue) as double)
        / nullif(cast(sum(ending_customers) as double), 0)
    )
{%- endmacro %}

{% macro postgres__average_revenue_per_customer() -%}
    (
        cast(sum(ending_revenue) as double precision)
        / nullif(cast(sum(ending_customers) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__average_revenue_per_customer() -%}
    (
        cast(sum(ending_revenue) as float64)
        / nullif(cast(sum(ending_customers) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__average_revenue_per_customer() -%}
    (
        cast(sum(ending_revenue) as Nullable(Float64))
        / nullif(cast(sum(ending_customers) as Nullable(Float64)), 0)
    )
{%- endmacro %}

{% macro arpa() -%}
    {{- rollforward.average_revenue_per_customer() -}}
{%- endmacro %}

{% macro arpu() -%}
    {{- rollforward.average_revenue_per_customer() -}}
{%- endmacro %}
