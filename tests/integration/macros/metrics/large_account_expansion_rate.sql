{#- Generated from metrics/large_accounts.yml by `rollforward compile`: change it there. 32fe5c08b6a0 -#}
{#- Expansion rate of large accounts: large_account_expansion / starting_revenue (over the ledger) -#}
{% macro large_account_expansion_rate() -%}
    (
        cast(
            sum(
                case
                    when movement = 'expansion' and starting_amount >= 500 then ending_amount - starting_amount
                    else 0
                end
            )
            as {{ rollforward.float_type() }}
        )
        / nullif(cast(sum(starting_amount) as {{ rollforward.float_type() }}), 0)
    )
{%- endmacro %}

{% macro large_account_expansion_rate__over() -%}
    the ledger
{%- endmacro %}
