{#- Generated from metrics/quick_ratio.yml by `rollforward compile`: change it there. 1bd8ebf27c60 -#}
{#- Quick Ratio: (new_revenue + reactivation_revenue + expansion_revenue) / (contraction_revenue + churned_revenue) -#}
{% macro quick_ratio() -%}
    {{- adapter.dispatch('quick_ratio', 'rollforward')() -}}
{%- endmacro %}

{% macro default__quick_ratio() -%}
    (
        cast(sum(new_revenue) + sum(reactivation_revenue) + sum(expansion_revenue) as double)
        / nullif(cast(sum(contraction_revenue) + sum(churned_revenue) as double), 0)
    )
{%- endmacro %}

{% macro postgres__quick_ratio() -%}
    (
        cast(sum(new_revenue) + sum(reactivation_revenue) + sum(expansion_revenue) as double precision)
        / nullif(cast(sum(contraction_revenue) + sum(churned_revenue) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__quick_ratio() -%}
    (
        cast(sum(new_revenue) + sum(reactivation_revenue) + sum(expansion_revenue) as float64)
        / nullif(cast(sum(contraction_revenue) + sum(churned_revenue) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__quick_ratio() -%}
    (
        cast(sum(new_revenue) + sum(reactivation_revenue) + sum(expansion_revenue) as Nullable(Float64))
        / nullif(cast(sum(contraction_revenue) + sum(churned_revenue) as Nullable(Float64)), 0)
    )
{%- endmacro %}
