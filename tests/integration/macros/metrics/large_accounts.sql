{#- Generated from metrics/large_accounts.yml by `rollforward compile`: change it there. d7abe6122037 -#}
{#- Large accounts at both ends: count where starting_amount >= 500 and ending_amount >= 500 (over the ledger) -#}
{% macro large_accounts() -%}
    sum(case when starting_amount >= 500 and ending_amount >= 500 then 1 else 0 end)
{%- endmacro %}

{% macro large_accounts__over() -%}
    the ledger
{%- endmacro %}
