{#- Generated from metrics/contraction_rate.yml by `rollforward compile`: change it there. 840332941f5a -#}
{#- Contraction Rate: contraction_revenue / starting_revenue -#}
{% macro contraction_rate() -%}
    (
        cast(sum(contraction_revenue) as {{ rollforward.float_type() }})
        / nullif(cast(sum(starting_revenue) as {{ rollforward.float_type() }}), 0)
    )
{%- endmacro %}
