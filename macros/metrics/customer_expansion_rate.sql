{#- Generated from metrics/customer_expansion_rate.yml by `rollforward compile`: change it there. e642bb16b529 -#}
{#- Customer Expansion Rate (CER): (ending_revenue - starting_revenue - new_revenue - reactivation_revenue) / starting_revenue -#}
{% macro customer_expansion_rate() -%}
    {{- adapter.dispatch('customer_expansion_rate', 'rollforward')() -}}
{%- endmacro %}

{% macro default__customer_expansion_rate() -%}
    (
        cast(
            sum(ending_revenue) - sum(starting_revenue) - sum(new_revenue) - sum(reactivation_revenue)
            as double
        )
        / nullif(cast(sum(starting_revenue) as double), 0)
    )
{%- endmacro %}

{% macro postgres__customer_expansion_rate() -%}
    (
        cast(
            sum(ending_revenue) - sum(starting_revenue) - sum(new_revenue) - sum(reactivation_revenue)
            as double precision
        )
        / nullif(cast(sum(starting_revenue) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__customer_expansion_rate() -%}
    (
        cast(
            sum(ending_revenue) - sum(starting_revenue) - sum(new_revenue) - sum(reactivation_revenue)
            as float64
        )
        / nullif(cast(sum(starting_revenue) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__customer_expansion_rate() -%}
    (
        cast(
            sum(ending_revenue) - sum(starting_revenue) - sum(new_revenue) - sum(reactivation_revenue)
            as Nullable(Float64)
        )
        / nullif(cast(sum(starting_revenue) as Nullable(Float64)), 0)
    )
{%- endmacro %}

{% macro cer() -%}
    {{- rollforward.customer_expansion_rate() -}}
{%- endmacro %}
