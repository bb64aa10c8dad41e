{#- Generated from metrics/customer_retention_rate.yml by `rollforward compile`: change it there. 33e795b85d29 -#}
{#- Customer Retention Rate (CRR): retained_customers / starting_customers -#}
{% macro customer_retention_rate() -%}
    {{- adapter.dispatch('customer_retention_rate', 'rollforward')() -}}
{%- endmacro %}

{% macro default__customer_retention_rate() -%}
    (
        cast(sum(retained_customers) as double)
        / nullif(cast(sum(starting_customers) as double), 0)
    )
{%- endmacro %}

{% macro postgres__customer_retention_rate() -%}
    (
        cast(sum(retained_customers) as double precision)
        / nullif(cast(sum(starting_customers) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__customer_retention_rate() -%}
    (
        cast(sum(retained_customers) as float64)
        / nullif(cast(sum(starting_customers) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__customer_retention_rate() -%}
    (
        cast(sum(retained_customers) as Nullable(Float64))
        / nullif(cast(sum(starting_customers) as Nullable(Float64)), 0)
    )
{%- endmacro %}

{% macro crr() -%}
    {{- rollforward.customer_retention_rate() -}}
{%- endmacro %}

{% macro logo_retention() -%}
    {{- rollforward.customer_retention_rate() -}}
{%- endmacro %}
