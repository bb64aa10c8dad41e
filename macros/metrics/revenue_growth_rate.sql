{#- Generated from metrics/revenue_growth_rate.yml by `rollforward compile`: change it there. 65d8914d6f41 -#}
{#- Revenue Growth Rate (RGR): (ending_revenue - starting_revenue) / starting_revenue -#}
{% macro revenue_growth_rate() -%}
    (
        cast(sum(ending_revenue) - sum(starting_revenue) as {{ rollforward.float_type() }})
        / nullif(cast(sum(starting_revenue) as {{ rollforward.float_type() }}), 0)
    )
{%- endmacro %}

{% macro rgr() -%}
    {{- rollforward.revenue_growth_rate() -}}
{%- endmacro %}
