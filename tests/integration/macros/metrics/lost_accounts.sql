{#- Generated from metrics/large_accounts.yml by `rollforward compile`: change it there. 60299ec3d7cc -#}
{#- Lost accounts: churned_customers -#}
{% macro lost_accounts() -%}
    sum(churned_customers)
{%- endmacro %}
