{#- Generated from metrics/gross_revenue_retention.yml by `rollforward compile`: change it there. 6de770687a09 -#}
{#- Gross Revenue Retention (GRR): retained_revenue / starting_revenue -#}
{% macro gross_revenue_retention() -%}
    (
        cast(sum(retained_revenue) as {{ rollforward.float_type() }})
        / nullif(cast(sum(starting_revenue) as {{ rollforward.float_type() }}), 0)
    )
{%- endmacro %}

{% macro grr() -%}
    {{- rollforward.gross_revenue_retention() -}}
{%- endmacro %}

{% macro revenue_retention() -%}
    {{- rollforward.gross_revenue_retention() -}}
{%- endmacro %}
