{#- Generated from metrics/customer_expansion_rate.yml by `rollforward compile`: change it there. 1f3c01529566 -#}
{#- Customer Expansion Rate (CER): (ending_revenue - starting_revenue - new_revenue - reactivation_revenue) / starting_revenue -#}
{% macro customer_expansion_rate() -%}
    (
        cast(
            sum(ending_revenue) - sum(starting_revenue) - sum(new_revenue) - sum(reactivation_revenue)
            as {{ rollforward.float_type() }}
        )
        / nullif(cast(sum(starting_revenue) as {{ rollforward.float_type() }}), 0)
    )
{%- endmacro %}

{% macro cer() -%}
    {{- rollforward.customer_expansion_rate() -}}
{%- endmacro %}
