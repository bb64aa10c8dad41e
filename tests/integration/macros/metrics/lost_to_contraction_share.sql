{#- Generated from metrics/customer_success.yml by `rollforward compile`: change it there. b0b6a33fcfea -#}
{#- Share of losses that stayed: contraction_revenue / (contraction_revenue + churned_revenue) -#}
{% macro lost_to_contraction_share() -%}
    (
        cast(sum(contraction_revenue) as {{ rollforward.float_type() }})
        / nullif(
            cast(sum(contraction_revenue) + sum(churned_revenue) as {{ rollforward.float_type() }})
            , 0
        )
    )
{%- endmacro %}
