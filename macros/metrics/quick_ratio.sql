{#- Generated from metrics/quick_ratio.yml by `rollforward compile`: change it there. 644dcbc05bbb -#}
{#- Quick Ratio: (new_revenue + reactivation_revenue + expansion_revenue) / (contraction_revenue + churned_revenue) -#}
{% macro quick_ratio() -%}
    (
        cast(
            sum(new_revenue) + sum(reactivation_revenue) + sum(expansion_revenue)
            as {{ rollforward.float_type() }}
        )
        / nullif(
            cast(sum(contraction_revenue) + sum(churned_revenue) as {{ rollforward.float_type() }})
            , 0
        )
    )
{%- endmacro %}
