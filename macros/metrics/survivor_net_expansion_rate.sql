{#- Generated from metrics/survivor_net_expansion_rate.yml by `rollforward compile`: change it there. dabaa4cf300f -#}
{#- Net Expansion Rate of survivors: existing_revenue / (starting_revenue - churned_revenue) -#}
{% macro survivor_net_expansion_rate() -%}
    (
        cast(sum(existing_revenue) as {{ rollforward.float_type() }})
        / nullif(cast(sum(starting_revenue) - sum(churned_revenue) as {{ rollforward.float_type() }}), 0)
    )
{%- endmacro %}
