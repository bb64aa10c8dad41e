{#- Generated from metrics/large_accounts.yml by `rollforward compile`: change it there. d7832569006b -#}
{#- Expansion rate of large accounts: large_account_expansion / starting_revenue (over the ledger) -#}
{% macro large_account_expansion_rate() -%}
    {{- adapter.dispatch('large_account_expansion_rate', 'consumer')() -}}
{%- endmacro %}

{% macro default__large_account_expansion_rate() -%}
    (
        cast(
            sum(
                case
                    when movement = 'expansion' and starting_amount >= 500 then ending_amount - starting_amount
                    else 0
                end
            )
            as double
        )
        / nullif(cast(sum(starting_amount) as double), 0)
    )
{%- endmacro %}

{% macro postgres__large_account_expansion_rate() -%}
    (
        cast(
            sum(
                case
                    when movement = 'expansion' and starting_amount >= 500 then ending_amount - starting_amount
                    else 0
                end
            )
            as double precision
        )
        / nullif(cast(sum(starting_amount) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__large_account_expansion_rate() -%}
    (
        cast(
            sum(
                case
                    when movement = 'expansion' and starting_amount >= 500 then ending_amount - starting_amount
                    else 0
                end
            )
            as float64
        )
        / nullif(cast(sum(starting_amount) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__large_account_expansion_rate() -%}
    (
        cast(
            sum(
                case
                    when movement = 'expansion' and starting_amount >= 500 then ending_amount - starting_amount
                    else 0
                end
            )
            as Nullable(Float64)
        )
        / nullif(cast(sum(starting_amount) as Nullable(Float64)), 0)
    )
{%- endmacro %}

{% macro large_account_expansion_rate__over() -%}
    the ledger
{%- endmacro %}
