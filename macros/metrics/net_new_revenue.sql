{#- Generated from metrics/net_new_revenue.yml by `rollforward compile`: change it there. b99f7bfc7708 -#}
{#- Net New Revenue: ending_revenue - starting_revenue -#}
{% macro net_new_revenue() -%}
    (sum(ending_revenue) - sum(starting_revenue))
{%- endmacro %}
