{#- Generated from metrics/large_accounts.yml by `rollforward compile`: change it there. d2517e386516 -#}
{#- Expansion of large accounts: sum of ending_amount - starting_amount where movement = 'expansion' and starting_amount >= 500 (over the ledger) -#}
{% macro large_account_expansion() -%}
    sum(
        case
            when movement = 'expansion' and starting_amount >= 500 then ending_amount - starting_amount
            else 0
        end
    )
{%- endmacro %}

{% macro large_account_expansion__over() -%}
    the ledger
{%- endmacro %}
