{#- Generated from metrics/joined_revenue.yml by `rollforward compile`: change it there. 607a56199627 -#}
{#- Joined Revenue: new_revenue + reactivation_revenue -#}
{% macro joined_revenue() -%}
    (sum(new_revenue) + sum(reactivation_revenue))
{%- endmacro %}
