{#- Generated from metrics/large_accounts.yml by `rollforward compile`: change it there. b47a8647ef6e -#}
{#- Largest account: max of ending_amount (over the ledger) -#}
{% macro largest_account() -%}
    max(ending_amount)
{%- endmacro %}

{% macro largest_account__over() -%}
    the ledger
{%- endmacro %}
