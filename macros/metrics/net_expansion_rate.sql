{#- Generated from metrics/net_expansion_rate.yml by `rollforward compile`: change it there. 191140bb737f -#}
{#- Net Expansion Rate (NER): existing_revenue / starting_revenue -#}
{% macro net_expansion_rate() -%}
    (
        cast(sum(existing_revenue) as {{ rollforward.float_type() }})
        / nullif(cast(sum(starting_revenue) as {{ rollforward.float_type() }}), 0)
    )
{%- endmacro %}

{% macro ner() -%}
    {{- rollforward.net_expansion_rate() -}}
{%- endmacro %}

{% macro net_revenue_retention() -%}
    {{- rollforward.net_expansion_rate() -}}
{%- endmacro %}

{% macro nrr() -%}
    {{- rollforward.net_expansion_rate() -}}
{%- endmacro %}

{% macro dollar_based_net_expansion() -%}
    {{- rollforward.net_expansion_rate() -}}
{%- endmacro %}
