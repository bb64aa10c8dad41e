{#- Generated from metrics/expanding_customer_share.yml by `rollforward compile`: change it there. a007977dccd4 -#}
{#- Expanding Customer Share: expanded_customers / starting_customers -#}
{% macro expanding_customer_share() -%}
    {{- adapter.dispatch('expanding_customer_share', 'rollforward')() -}}
{%- endmacro %}

{% macro default__expanding_customer_share() -%}
    (
        cast(sum(expanded_customers) as double)
        / nullif(cast(sum(starting_customers) as double), 0)
    )
{%- endmacro %}

{% macro postgres__expanding_customer_share() -%}
    (
        cast(sum(expanded_customers) as double precision)
        / nullif(cast(sum(starting_customers) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__expanding_customer_share() -%}
    (
        cast(sum(expanded_customers) as float64)
        / nullif(cast(sum(starting_customers) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__expanding_customer_share() -%}
    (
        cast(sum(expanded_customers) as Nullable(Float64))
        / nullif(cast(sum(starting_customers) as Nullable(Float64)), 0)
    )
{%- endmacro %}
