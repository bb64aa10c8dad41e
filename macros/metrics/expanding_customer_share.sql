{#- Generated from metrics/expanding_customer_share.yml by `rollforward compile`: change it there. ae39018f26eb -#}
{#- Expanding Customer Share: expanded_customers / starting_customers -#}
{% macro expanding_customer_share() -%}
    (
        cast(sum(expanded_customers) as {{ rollforward.float_type() }})
        / nullif(cast(sum(starting_customers) as {{ rollforward.float_type() }}), 0)
    )
{%- endmacro %}
