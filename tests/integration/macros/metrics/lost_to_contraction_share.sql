{#- Generated from metrics/customer_success.yml by `rollforward compile`: change it there. 522a8cab2733 -#}
{#- Share of losses that stayed: contraction_revenue / (contraction_revenue + churned_revenue) -#}
{% macro lost_to_contraction_share() -%}
    {{- adapter.dispatch('lost_to_contraction_share', 'consumer')() -}}
{%- endmacro %}

{% macro default__lost_to_contraction_share() -%}
    (
        cast(sum(contraction_revenue) as double)
        / nullif(cast(sum(contraction_revenue) + sum(churned_revenue) as double), 0)
    )
{%- endmacro %}

{% macro postgres__lost_to_contraction_share() -%}
    (
        cast(sum(contraction_revenue) as double precision)
        / nullif(cast(sum(contraction_revenue) + sum(churned_revenue) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__lost_to_contraction_share() -%}
    (
        cast(sum(contraction_revenue) as float64)
        / nullif(cast(sum(contraction_revenue) + sum(churned_revenue) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__lost_to_contraction_share() -%}
    (
        cast(sum(contraction_revenue) as Nullable(Float64))
        / nullif(cast(sum(contraction_revenue) + sum(churned_revenue) as Nullable(Float64)), 0)
    )
{%- endmacro %}
