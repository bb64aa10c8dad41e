{#- Generated from metrics/gross_expansion_rate.yml by `rollforward compile`: change it there. 32752c1d7a06 -#}
{#- Gross Expansion Rate: expansion_revenue / starting_revenue -#}
{% macro gross_expansion_rate() -%}
    (
        cast(sum(expansion_revenue) as {{ rollforward.float_type() }})
        / nullif(cast(sum(starting_revenue) as {{ rollforward.float_type() }}), 0)
    )
{%- endmacro %}
